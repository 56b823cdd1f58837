import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsLocale, IsOptional } from 'class-validator';
import { HasMaxLength, IsEmailAddress, IsOneLine, MayBeAbsent } from '../../common/contracts/input-rules.js';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { IsFreeJsonObject, type JsonObject } from '../../common/json/json-object.js';
import { PLANS, type Plan, type Tenant, TENANT_STATUSES, type TenantStatus } from './tenants.types.js';

const MERGED =
  'At most 64 KiB. Merged into what is there (RFC 7396): null removes a key, and null for the whole clears it.';

/** What a tenant tells about itself, on every way in. */
export class TenantDescription {
  @ApiFreeJson({ required: false, nullable: true, description: MERGED, example: { timezone: 'Europe/Berlin' } })
  @IsOptional()
  @IsFreeJsonObject()
  settings?: JsonObject | null;

  @ApiFreeJson({ required: false, nullable: true, description: MERGED, example: { primaryColor: '#3B82F6' } })
  @IsOptional()
  @IsFreeJsonObject()
  theme?: JsonObject | null;

  @ApiFreeJson({ required: false, nullable: true, description: MERGED })
  @IsOptional()
  @IsFreeJsonObject()
  metadata?: JsonObject | null;

  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmailAddress()
  adminEmail?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmailAddress()
  billingEmail?: string | null;

  @ApiPropertyOptional({ example: 'en' })
  @MayBeAbsent()
  @IsLocale()
  @HasMaxLength(35)
  defaultLocale?: string;
}

export class UpdateOwnTenantDto extends TenantDescription {
  @ApiPropertyOptional({ minLength: 1, maxLength: 255, example: 'Acme Corporation' })
  @MayBeAbsent()
  @IsOneLine(255)
  name?: string;
}

/** A tenant as its own people see it. */
export class OwnTenantDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'acme-corp' })
  slug!: string;

  @ApiProperty({ example: 'Acme Corporation' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'app.acme.example' })
  domain!: string | null;

  @ApiProperty({ example: 'tenant_acme_corp', description: 'A label only: tenants share one schema.' })
  schemaName!: string;

  @ApiProperty({ enum: TENANT_STATUSES })
  status!: TenantStatus;

  @ApiProperty({ description: 'Whether requests are served: status ACTIVE.' })
  isActive!: boolean;

  @ApiProperty({ enum: PLANS })
  plan!: Plan;

  @ApiFreeJson()
  settings!: JsonObject;

  @ApiFreeJson()
  theme!: JsonObject;

  @ApiFreeJson()
  metadata!: JsonObject;

  @ApiProperty({ type: String, nullable: true })
  adminEmail!: string | null;

  @ApiProperty({ type: String, nullable: true })
  billingEmail!: string | null;

  @ApiProperty({ example: 'eu' })
  dataRegion!: string;

  @ApiProperty({ example: 'en' })
  defaultLocale!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty()
  createdAt!: Date;

  @ApiProperty()
  updatedAt!: Date;
}

export function toOwnTenantDto(tenant: Tenant) {
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    domain: tenant.domain,
    schemaName: tenant.schemaName,
    status: tenant.status,
    isActive: tenant.status === 'ACTIVE',
    plan: tenant.plan,
    settings: tenant.settings,
    theme: tenant.theme,
    metadata: tenant.metadata,
    adminEmail: tenant.adminEmail,
    billingEmail: tenant.billingEmail,
    dataRegion: tenant.dataRegion,
    defaultLocale: tenant.defaultLocale,
    version: tenant.version,
    createdAt: tenant.createdAt,
    updatedAt: tenant.updatedAt,
  } satisfies OwnTenantDto;
}

export class UserUsageDto {
  @ApiProperty({ type: 'integer', example: 12 })
  total!: number;

  @ApiProperty({ type: 'integer', example: 9 })
  active!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  invited!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  deactivated!: number;

  @ApiProperty({ type: 'integer', nullable: true, example: 100, description: 'Of `total`; null is unlimited.' })
  limit!: number | null;
}

const COUNT = { type: 'integer' } as const;
const LIMIT = { type: 'integer', nullable: true } as const;

/** What there is at the moment. */
export class ResourceUsageDto {
  @ApiProperty(COUNT) workflows!: number;
  @ApiProperty(COUNT) scripts!: number;
  @ApiProperty({ ...COUNT, description: 'Runs that have not ended.' }) openRuns!: number;
  @ApiProperty({ ...COUNT, description: 'Keys that work.' }) apiKeys!: number;
  @ApiProperty({ ...COUNT, description: 'Recipients today (UTC).' }) emailsPerDay!: number;
}

/** What the plan and the quota allow; null is unlimited. */
export class PlanLimitsDto {
  @ApiProperty(LIMIT) users!: number | null;
  @ApiProperty(LIMIT) workflows!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Of one workflow. The newest 100 stay, and those that runs use.' })
  workflowVersions!: number | null;
  @ApiProperty(LIMIT) scripts!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Runs with workers at the same time.' }) concurrentRuns!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Runs that have not ended.' }) openRuns!: number | null;
  @ApiProperty(LIMIT) apiKeys!: number | null;
  @ApiProperty({ ...LIMIT, description: 'A quarter of `apiKeys`.' }) apiKeysPerUser!: number | null;
  @ApiProperty({ ...LIMIT, description: 'A new sign-in ends the one that was used longest ago.' })
  sessionsPerUser!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Open at the same time, in one process.' }) eventStreams!: number | null;
  @ApiProperty({ ...LIMIT, description: 'A quarter of `eventStreams`.' }) eventStreamsPerUser!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Recipients of invitations and of what workflows send, by day (UTC).' })
  emailsPerDay!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Of one mail that a workflow sends.' }) emailRecipients!: number | null;
  @ApiProperty(LIMIT) powerTransfersPerDay!: number | null;
}

/** What a tenant uses of what its plan allows. */
export class TenantUsageDto {
  @ApiProperty({ enum: PLANS })
  plan!: Plan;

  @ApiProperty({ type: UserUsageDto })
  users!: UserUsageDto;

  @ApiProperty({ type: ResourceUsageDto })
  used!: ResourceUsageDto;

  @ApiProperty({ type: PlanLimitsDto })
  limits!: PlanLimitsDto;
}
