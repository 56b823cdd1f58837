import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsLocale, IsOptional } from 'class-validator';
import { HasMaxLength, IsEmailAddress, IsOneLine, MayBeAbsent } from '../../common/contracts/input-rules.js';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { IsFreeJsonObject, type JsonObject } from '../../common/json/json-object.js';
import { PLANS, type Plan, type Tenant, TENANT_STATUSES, type TenantStatus } from './tenants.types.js';

const MERGED =
  'An object of at most 64 KiB, merged into the stored one (RFC 7396): null removes a key, and null for the whole object clears it.';

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

  @ApiProperty({
    example: 'tenant_acme_corp',
    description: 'A label without further meaning: all tenants share one schema.',
  })
  schemaName!: string;

  @ApiProperty({ enum: TENANT_STATUSES })
  status!: TenantStatus;

  @ApiProperty({ description: 'Whether requests are served, which is the case in status ACTIVE.' })
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

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 100,
    description: 'The highest allowed `total`. Null means unlimited.',
  })
  limit!: number | null;
}

const COUNT = { type: 'integer' } as const;
const LIMIT = { type: 'integer', nullable: true } as const;

/** What there is at the moment. */
export class ResourceUsageDto {
  @ApiProperty(COUNT) workflows!: number;
  @ApiProperty(COUNT) scripts!: number;
  @ApiProperty({ ...COUNT, description: 'The number of runs that have not ended.' }) openRuns!: number;
  @ApiProperty({ ...COUNT, description: 'The number of API keys that work.' }) apiKeys!: number;
  @ApiProperty({ ...COUNT, description: 'The number of recipients today (UTC).' }) emailsPerDay!: number;
}

/** What the plan and the quota allow; null is unlimited. */
export class PlanLimitsDto {
  @ApiProperty(LIMIT) users!: number | null;
  @ApiProperty(LIMIT) workflows!: number | null;
  @ApiProperty({
    ...LIMIT,
    description: 'The number of versions of one workflow. The newest 100 are kept, and those that runs use.',
  })
  workflowVersions!: number | null;
  @ApiProperty(LIMIT) scripts!: number | null;
  @ApiProperty({ ...LIMIT, description: 'The number of runs that workers may execute at the same time.' })
  concurrentRuns!: number | null;
  @ApiProperty({ ...LIMIT, description: 'The number of runs that have not ended.' }) openRuns!: number | null;
  @ApiProperty(LIMIT) apiKeys!: number | null;
  @ApiProperty({ ...LIMIT, description: 'The number of API keys of one user, a quarter of `apiKeys`.' })
  apiKeysPerUser!: number | null;
  @ApiProperty({
    ...LIMIT,
    description:
      'The number of sessions of one user; above it, a new sign-in ends the session that was used longest ago.',
  })
  sessionsPerUser!: number | null;
  @ApiProperty({
    ...LIMIT,
    description: 'The number of event streams that may be open at the same time in one process.',
  })
  eventStreams!: number | null;
  @ApiProperty({ ...LIMIT, description: 'The number of streams of one user, a quarter of `eventStreams`.' })
  eventStreamsPerUser!: number | null;
  @ApiProperty({
    ...LIMIT,
    description: 'The number of recipients per day (UTC) of invitations and of mails that workflows send.',
  })
  emailsPerDay!: number | null;
  @ApiProperty({ ...LIMIT, description: 'The number of recipients of one mail that a workflow sends.' })
  emailRecipients!: number | null;
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
