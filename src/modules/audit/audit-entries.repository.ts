import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.js';
import { MAX_LISTED_VALUE_BYTES } from '../../common/contracts/answer-limits.js';
import { type CursorPosition, type CursorQuery, readCursor } from '../../common/contracts/page.js';
import { asText, asUuid, behind, equalTo, madeBetween } from '../../common/prisma/conditions.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import type { AuditEntry, AuditFilter, AuditOutcome, ListedAuditEntry } from '../../common/audit/audit.types.js';

const COLUMNS = Prisma.sql`id, actor_kind AS "actorKind", actor_id AS "actorId", action, target_type AS "targetType",
  target_id AS "targetId", outcome, request_id AS "requestId", ip_address AS "ipAddress", user_agent AS "userAgent",
  created_at AS "createdAt"`;
const NEWEST_FIRST = Prisma.sql`ORDER BY created_at DESC, id DESC`;

/**
 * Literals, not parameters: the planner uses the partial index of failed outcomes only if it sees the value in the
 * statement.
 */
const OUTCOMES: Record<AuditOutcome, Prisma.Sql> = {
  done: Prisma.sql`'done'`,
  denied: Prisma.sql`'denied'`,
  failed: Prisma.sql`'failed'`,
};

/** Maximum number of entries read at a time during an export. */
const EXPORT_ROWS = 500;

/**
 * Reads the tenant's audit log. Every filter is supported by an index, and pages are found by position, not by offset.
 */
@Injectable()
export class AuditEntriesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first; returns up to one row more than the page holds. Leaves out large details. */
  async findPage(filter: AuditFilter, query: CursorQuery): Promise<ListedAuditEntry[]> {
    const entries = await this.#entries(filter, readCursor(query), query.limit + 1);
    const rows = await this.prisma.$queryRaw<(AuditEntry & { isOmitted: boolean })[]>`
      SELECT ${COLUMNS}, CASE WHEN NOT "isOmitted" THEN details END AS details, "isOmitted" FROM (
        SELECT *, octet_length(details::text) > ${MAX_LISTED_VALUE_BYTES} AS "isOmitted" FROM (${entries}) entry OFFSET 0
      ) entry ${NEWEST_FIRST}`;
    return rows.map(({ isOmitted, ...row }) => ({ ...row, ...(isOmitted && { omitted: ['details'] }) }));
  }

  async findById(id: string): Promise<AuditEntry | null> {
    const rows = await this.prisma.$queryRaw<AuditEntry[]>`
      SELECT ${COLUMNS}, details FROM audit_log WHERE id = ${id}::uuid`;
    return rows[0] ?? null;
  }

  /**
   * Returns the next entries of an export with all their details: as many as have `maxBytes` of details together, but
   * at least one. Empty at the end.
   */
  async findExportPage(
    filter: AuditFilter,
    after: CursorPosition | undefined,
    maxBytes: number,
  ): Promise<AuditEntry[]> {
    const entries = await this.#entries(filter, after, EXPORT_ROWS);
    return this.prisma.$queryRaw<AuditEntry[]>`
      SELECT ${COLUMNS}, details FROM (
        SELECT *, sum(bytes) OVER (${NEWEST_FIRST} ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
          SELECT *, octet_length(details::text) AS bytes FROM (${entries}) entry OFFSET 0
        ) entry
      ) entry WHERE before < ${maxBytes} ${NEWEST_FIRST}`;
  }

  /** Returns whether more than `limit` entries match. Counts no further than that. */
  async hasMoreThan(limit: number, filter: AuditFilter): Promise<boolean> {
    const actions = await this.#actionsOf(filter);
    const [row] = await this.prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::integer AS count FROM (
        SELECT FROM audit_log WHERE true ${conditions(filter)} ${actionIn(filter, actions)} LIMIT ${limit + 1}) entry`;
    return row!.count > limit;
  }

  /**
   * Selects the `limit` newest entries after a position. A prefix of an action is expanded to all actions with that
   * prefix, and the newest entries of each are merged: no index holds entries of several actions in chronological
   * order.
   */
  async #entries(filter: AuditFilter, after: CursorPosition | undefined, limit: number): Promise<Prisma.Sql> {
    const actions = await this.#actionsOf(filter);
    const rest = Prisma.sql`${conditions(filter)} ${behind(after)} ${NEWEST_FIRST} LIMIT ${limit}`;
    const isNarrow = filter.actorId !== undefined || filter.targetId !== undefined;
    if (!actions || isNarrow) {
      return Prisma.sql`SELECT * FROM audit_log WHERE true ${actionIn(filter, actions)} ${rest}`;
    }
    return Prisma.sql`
      SELECT newest.* FROM unnest(${actions}::text[]) AS wanted (name)
      CROSS JOIN LATERAL (SELECT * FROM audit_log WHERE action = wanted.name ${rest}) newest ${NEWEST_FIRST} LIMIT ${limit}`;
  }

  /**
   * Returns all actions in the log that match the filter's prefix, by a skip scan of the index; undefined if the filter
   * names one action.
   */
  async #actionsOf({ action }: AuditFilter): Promise<string[] | undefined> {
    if (!action?.endsWith('*')) return undefined;
    const rows = await this.prisma.$queryRaw<{ action: string | null }[]>`
      WITH RECURSIVE found AS (
        (SELECT action FROM audit_log ORDER BY action LIMIT 1)
        UNION ALL
        SELECT (SELECT next.action FROM audit_log next WHERE next.action > found.action ORDER BY next.action LIMIT 1)
        FROM found WHERE found.action IS NOT NULL
      ) SELECT action FROM found`;
    return rows.map((row) => row.action ?? '').filter((name) => name !== '' && name.startsWith(action.slice(0, -1)));
  }
}

function conditions({ outcome, ...filter }: AuditFilter): Prisma.Sql {
  const columns = equalTo({
    actor_kind: asText(filter.actorKind),
    actor_id: asUuid(filter.actorId),
    target_type: asText(filter.targetType),
    target_id: asText(filter.targetId),
    outcome: outcome && OUTCOMES[outcome],
  });
  return Prisma.sql`${columns} ${madeBetween(filter)}`;
}

function actionIn({ action }: AuditFilter, actions: string[] | undefined): Prisma.Sql {
  if (actions) return Prisma.sql`AND action = ANY (${actions}::text[])`;
  return equalTo({ action: asText(action) });
}
