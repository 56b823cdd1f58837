import {
  BooleanField,
  EnumField,
  JsonObjectField,
  PatternField,
  TextField,
  TextListField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { CursorQuery } from '../../common/contracts/page.js';
import { ToBoolean } from '../../common/contracts/query-values.js';
import { parseTimestamp } from '../../common/values/timestamps.js';
import { EXPORT_FORMATS, type ExportFormat } from './audit-export.js';
import {
  ACTOR_KINDS,
  type ActorKind,
  AUDIT_OUTCOMES,
  type AuditEntry,
  type AuditFilter,
  type AuditOutcome,
  type ListedAuditEntry,
} from '../../common/audit/audit.types.js';

const FORMATS = ['json', ...Object.keys(EXPORT_FORMATS)];

export class AuditLogQuery extends CursorQuery {
  @EnumField(ACTOR_KINDS, { optional: true }) actorKind?: ActorKind;
  @UuidField({ optional: true }) actorId?: string;

  @PatternField(/^[a-z0-9_.]+\*?$/, {
    max: 100,
    optional: true,
    example: 'user.*',
    description: 'Returns only entries with this action; a trailing `*` matches every action that begins like this.',
  })
  action?: string;

  @TextField({ max: 100, optional: true, example: 'user' }) targetType?: string;
  @TextField({ max: 200, optional: true }) targetId?: string;
  @EnumField(AUDIT_OUTCOMES, { optional: true }) outcome?: AuditOutcome;

  @TimestampField({ optional: true, description: 'Returns only entries recorded at this moment or later.' })
  from?: string;

  @TimestampField({ optional: true, description: 'Returns only entries recorded before this moment.' }) to?: string;

  @EnumField(FORMATS, {
    optional: true,
    default: 'json',
    description:
      'The format of the response. `ndjson` and `csv` export up to 100,000 entries at once, without a cursor.',
  })
  format: 'json' | ExportFormat = 'json';

  @ToBoolean()
  @BooleanField({
    optional: true,
    default: false,
    description: 'Whether a CSV begins with a byte order mark, as some spreadsheets expect.',
  })
  bom: boolean = false;

  static toFilter({ from, to, ...query }: AuditLogQuery): AuditFilter {
    const { actorKind, actorId, action, targetType, targetId, outcome } = query;
    return {
      actorKind,
      actorId,
      action,
      targetType,
      targetId,
      outcome,
      from: parseTimestamp(from),
      to: parseTimestamp(to),
    };
  }
}

class AuditFactsDto {
  @UuidField() id!: string;
  @EnumField(ACTOR_KINDS) actorKind!: ActorKind;
  @UuidField({ nullable: true, description: 'The id of the actor. Null when the application acted by itself.' })
  actorId!: string | null;
  @TextField({ example: 'user.updated' }) action!: string;
  @TextField({ nullable: true, example: 'user' }) targetType!: string | null;
  @TextField({ nullable: true }) targetId!: string | null;
  @EnumField(AUDIT_OUTCOMES, {
    description: 'The outcome of the attempt. Denied and failed attempts have changed nothing.',
  })
  outcome!: AuditOutcome;
  @TextField({ nullable: true }) requestId!: string | null;
  @TextField({ nullable: true }) ipAddress!: string | null;
  @TextField({ nullable: true }) userAgent!: string | null;
  @TimestampField() createdAt!: string;
}

export class AuditEntryDto extends AuditFactsDto {
  @JsonObjectField({
    description: 'Details of the action. For changes, they contain the changed fields as `before` and `after`.',
  })
  details!: Record<string, unknown>;

  static of(entry: AuditEntry): AuditEntryDto {
    return Object.assign(factsOf(entry), { details: entry.details });
  }
}

export class ListedAuditEntryDto extends AuditFactsDto {
  @JsonObjectField({
    nullable: true,
    description:
      'Details of the action. Null if they are larger than 16 KiB; `/audit-log/:id` returns them completely.',
  })
  details!: Record<string, unknown> | null;
  @TextListField({ optional: true, description: 'The names of values that are too large to be included.' })
  omitted?: string[];

  static ofListed(entry: ListedAuditEntry): ListedAuditEntryDto {
    const { details, omitted } = entry;
    return Object.assign(factsOf(entry), { details }, omitted && { omitted });
  }
}

function factsOf(entry: Omit<AuditEntry, 'details'>): AuditFactsDto {
  return {
    id: entry.id,
    actorKind: entry.actorKind,
    actorId: entry.actorId,
    action: entry.action,
    targetType: entry.targetType,
    targetId: entry.targetId,
    outcome: entry.outcome,
    requestId: entry.requestId,
    ipAddress: entry.ipAddress,
    userAgent: entry.userAgent,
    createdAt: entry.createdAt.toISOString(),
  };
}
