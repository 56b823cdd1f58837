import { Injectable } from '@nestjs/common';
import { NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';
import type { CursorPosition, CursorQuery } from '../../common/contracts/page.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';
import type { Actor } from '../../common/identity/actor.js';
import { AuditService } from '../../common/audit/audit.service.js';
import { AuditEntriesRepository } from './audit-entries.repository.js';
import type { AuditEntry, AuditFilter, ListedAuditEntry } from '../../common/audit/audit.types.js';

/** Maximum number of entries in one export. */
export const MAX_EXPORT = 100_000;
/** Maximum size of the entry details held in memory at once by one export. */
const EXPORT_BYTES = 1_048_576;

@Injectable()
export class AuditLogService {
  constructor(
    private readonly entries: AuditEntriesRepository,
    private readonly audit: AuditService,
    private readonly tenant: TenantContext,
  ) {}

  /** Newest first; returns up to one more than the page holds. @throws InvalidInputError for an invalid cursor. */
  list(filter: AuditFilter, query: CursorQuery): Promise<ListedAuditEntry[]> {
    return this.entries.findPage(filter, query);
  }

  /** @throws NotFoundError `audit_entry.not_found`. */
  async get(id: string): Promise<AuditEntry> {
    const entry = await this.entries.findById(id);
    if (!entry) throw new NotFoundError('audit_entry');
    return entry;
  }

  /**
   * Exports all matching entries, including the one that records this export, newest first. Pages are read as the
   * consumer asks for them, always in the tenant of this call, whatever the context of the consumer is.
   * @throws UnprocessableError `audit.export_too_large`, before anything is read.
   */
  async export(actor: Actor, filter: AuditFilter, format: string): Promise<AsyncGenerator<AuditEntry[], void, void>> {
    if (await this.entries.hasMoreThan(MAX_EXPORT, filter)) throw tooLarge();
    await this.audit.record(actor, { action: 'audit_log.exported', details: { format, filter } });
    const { tenantId } = this.tenant;
    return this.#pages((after) =>
      this.tenant.run({ tenantId, source: 'system' }, () => this.entries.findExportPage(filter, after, EXPORT_BYTES)),
    );
  }

  async *#pages(
    read: (after: CursorPosition | undefined) => Promise<AuditEntry[]>,
  ): AsyncGenerator<AuditEntry[], void, void> {
    let page = await read(undefined);
    while (page.length > 0) {
      yield page;
      page = await read(page.at(-1));
    }
  }
}

function tooLarge(): UnprocessableError {
  const most = MAX_EXPORT.toLocaleString('en');
  return new UnprocessableError(
    'audit.export_too_large',
    `An export contains at most ${most} entries. Narrow it down with "from", "to" and the other filters.`,
  );
}
