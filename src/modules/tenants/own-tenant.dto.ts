import { IsLocale } from 'class-validator';
import {
  BooleanField,
  EmailField,
  EnumField,
  IntegerField,
  JsonObjectField,
  LineField,
  ObjectField,
  TextField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { type JsonObject } from '../../common/json/json-object.js';
import { PLANS, type Plan, type Tenant, TENANT_STATUSES, type TenantStatus } from './tenants.types.js';

const MERGED =
  'An object of at most 64 KiB, merged into the stored one (RFC 7396): null removes a key, and null for the whole object clears it.';

/** The fields of a tenant that all of its own representations share. */
export class TenantDescription {
  @JsonObjectField({ optional: true, nullable: true, example: { timezone: 'Europe/Berlin' }, description: MERGED })
  settings?: JsonObject | null;

  @JsonObjectField({ optional: true, nullable: true, example: { primaryColor: '#3B82F6' }, description: MERGED })
  theme?: JsonObject | null;

  @JsonObjectField({ optional: true, nullable: true, description: MERGED }) metadata?: JsonObject | null;
  @EmailField({ optional: true, nullable: true }) adminEmail?: string | null;
  @EmailField({ optional: true, nullable: true }) billingEmail?: string | null;

  @IsLocale() @TextField({ max: 35, optional: true, example: 'en' }) defaultLocale?: string;
}

export class UpdateOwnTenantDto extends TenantDescription {
  @LineField({ max: 255, optional: true, example: 'Acme Corporation' }) name?: string;
}

/** A tenant as its own users see it. */
export class OwnTenantDto {
  @UuidField() id!: string;
  @TextField({ example: 'acme-corp' }) slug!: string;
  @TextField({ example: 'Acme Corporation' }) name!: string;
  @TextField({ nullable: true, example: 'app.acme.example' }) domain!: string | null;

  @TextField({
    example: 'tenant_acme_corp',
    description: 'A label without effect: all tenants share one database schema.',
  })
  schemaName!: string;

  @EnumField(TENANT_STATUSES) status!: TenantStatus;
  @BooleanField({ description: 'Whether requests are served, which is the case in status ACTIVE.' }) isActive!: boolean;
  @EnumField(PLANS) plan!: Plan;
  @JsonObjectField() settings!: JsonObject;
  @JsonObjectField() theme!: JsonObject;
  @JsonObjectField() metadata!: JsonObject;
  @TextField({ nullable: true }) adminEmail!: string | null;
  @TextField({ nullable: true }) billingEmail!: string | null;
  @TextField({ example: 'eu' }) dataRegion!: string;
  @TextField({ example: 'en' }) defaultLocale!: string;
  @IntegerField({ example: 1 }) version!: number;
  @TimestampField() createdAt!: Date;
  @TimestampField() updatedAt!: Date;
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
  @IntegerField({ example: 12 }) total!: number;
  @IntegerField({ example: 9 }) active!: number;
  @IntegerField({ example: 2 }) invited!: number;
  @IntegerField({ example: 1 }) deactivated!: number;

  @IntegerField({ nullable: true, example: 100, description: 'The highest allowed `total`. Null means unlimited.' })
  limit!: number | null;
}

/** Current number of each limited resource. */
export class ResourceUsageDto {
  @IntegerField() workflows!: number;
  @IntegerField() scripts!: number;
  @IntegerField({ description: 'The number of runs that have not ended.' }) openRuns!: number;
  @IntegerField({ description: 'The number of valid API keys.' }) apiKeys!: number;
  @IntegerField({ description: 'The number of recipients today (UTC).' }) emailsPerDay!: number;
}

/** Limits of the plan and the quota; null is unlimited. The manifests declare the fields. */
export class PlanLimitsDto {
  [limit: string]: number | null;
}

/** Usage of a tenant and its limits. */
export class TenantUsageDto {
  @EnumField(PLANS) plan!: Plan;
  @ObjectField(UserUsageDto) users!: UserUsageDto;
  @ObjectField(ResourceUsageDto) used!: ResourceUsageDto;
  @ObjectField(PlanLimitsDto) limits!: PlanLimitsDto;
}
