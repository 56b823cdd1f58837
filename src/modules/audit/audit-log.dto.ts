import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { HasMaxLength, IsTimestamp, LowerCased } from '../../common/contracts/input-rules.js';
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
  @ApiPropertyOptional({ enum: ACTOR_KINDS })
  @IsOptional()
  @IsIn(ACTOR_KINDS)
  actorKind?: ActorKind;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @LowerCased()
  @IsUUID()
  actorId?: string;

  @ApiPropertyOptional({
    example: 'user.*',
    description: 'Returns only entries with this action; a trailing `*` matches every action that begins like this.',
  })
  @IsOptional()
  @HasMaxLength(100)
  @Matches(/^[a-z0-9_.]+\*?$/)
  action?: string;

  @ApiPropertyOptional({ example: 'user' })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  targetType?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @HasMaxLength(200)
  targetId?: string;

  @ApiPropertyOptional({ enum: AUDIT_OUTCOMES })
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  @ApiPropertyOptional({ format: 'date-time', description: 'Returns only entries recorded at this moment or later.' })
  @IsOptional()
  @IsTimestamp()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Returns only entries recorded before this moment.' })
  @IsOptional()
  @IsTimestamp()
  to?: string;

  @ApiPropertyOptional({
    enum: FORMATS,
    default: 'json',
    description: 'The format of the answer. `ndjson` and `csv` export up to 100,000 entries at once, without a cursor.',
  })
  @IsOptional()
  @IsIn(FORMATS)
  format: 'json' | ExportFormat = 'json';

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether a CSV begins with a byte order mark, as some spreadsheets expect.',
  })
  @ToBoolean()
  @IsBoolean()
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
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ACTOR_KINDS }) actorKind!: ActorKind;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the actor. Null when the application acted by itself.',
  })
  actorId!: string | null;
  @ApiProperty({ example: 'user.updated' }) action!: string;
  @ApiProperty({ type: String, nullable: true, example: 'user' }) targetType!: string | null;
  @ApiProperty({ type: String, nullable: true }) targetId!: string | null;
  @ApiProperty({
    enum: AUDIT_OUTCOMES,
    description: 'The outcome of the attempt. Denied and failed attempts have changed nothing.',
  })
  outcome!: AuditOutcome;
  @ApiProperty({ type: String, nullable: true }) requestId!: string | null;
  @ApiProperty({ type: String, nullable: true }) ipAddress!: string | null;
  @ApiProperty({ type: String, nullable: true }) userAgent!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class AuditEntryDto extends AuditFactsDto {
  @ApiFreeJson({ description: 'Details of the action; for changes, the changed fields as `before` and `after`.' })
  details!: Record<string, unknown>;

  static of(entry: AuditEntry): AuditEntryDto {
    return Object.assign(factsOf(entry), { details: entry.details });
  }
}

export class ListedAuditEntryDto extends AuditFactsDto {
  @ApiFreeJson({
    nullable: true,
    description: 'Details of the action. Null above 16 KiB; `/audit-log/:id` returns them completely.',
  })
  details!: Record<string, unknown> | null;
  @ApiPropertyOptional({ type: [String], description: 'The names of values that are too large to be included.' })
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
