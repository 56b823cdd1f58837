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

  @ApiPropertyOptional({ example: 'user.*', description: 'An action, or its beginning followed by `*`.' })
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

  @ApiPropertyOptional({ format: 'date-time', description: 'From this moment on.' })
  @IsOptional()
  @IsTimestamp()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this moment.' })
  @IsOptional()
  @IsTimestamp()
  to?: string;

  @ApiPropertyOptional({
    enum: FORMATS,
    default: 'json',
    description:
      '`ndjson` and `csv` are exports: everything that fits at once, up to 100,000 entries, without a cursor.',
  })
  @IsOptional()
  @IsIn(FORMATS)
  format: 'json' | ExportFormat = 'json';

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'A byte order mark in front of a CSV, for spreadsheets.',
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
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for the program itself.' })
  actorId!: string | null;
  @ApiProperty({ example: 'user.updated' }) action!: string;
  @ApiProperty({ type: String, nullable: true, example: 'user' }) targetType!: string | null;
  @ApiProperty({ type: String, nullable: true }) targetId!: string | null;
  @ApiProperty({ enum: AUDIT_OUTCOMES, description: 'Attempts that were denied or failed have changed nothing.' })
  outcome!: AuditOutcome;
  @ApiProperty({ type: String, nullable: true }) requestId!: string | null;
  @ApiProperty({ type: String, nullable: true }) ipAddress!: string | null;
  @ApiProperty({ type: String, nullable: true }) userAgent!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class AuditEntryDto extends AuditFactsDto {
  @ApiFreeJson({ description: 'For changes: the fields that changed, `before` and `after`.' })
  details!: Record<string, unknown>;

  static of(entry: AuditEntry): AuditEntryDto {
    return Object.assign(factsOf(entry), { details: entry.details });
  }
}

export class ListedAuditEntryDto extends AuditFactsDto {
  @ApiFreeJson({ nullable: true, description: 'Null above 16 KiB; whole at `/audit-log/:id`.' })
  details!: Record<string, unknown> | null;
  @ApiPropertyOptional({ type: [String], description: 'What is too large to be here, by name.' })
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
