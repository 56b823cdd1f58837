import { OmitType } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import {
  EmailField,
  EnumField,
  JsonObjectField,
  LineField,
  NewPasswordField,
  ObjectField,
  PatternField,
  TextField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { OmittedField } from '../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { OwnTenantDto, TenantDescription, toOwnTenantDto, UpdateOwnTenantDto } from './own-tenant.dto.js';
import type { ProvisionedTenant } from './provisioning/provisioning.service.js';
import { DomainField, PlanAlias, QuotaField, SlugField } from './tenant-rules.js';
import {
  type ListedTenant,
  type Plan,
  PLANS,
  type Tenant,
  TENANT_SORTS,
  TENANT_STATUSES,
  type TenantStatus,
} from './tenants.types.js';

const REGION = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export class ListTenantsQuery extends PageQuery {
  @Matches(/^[^\0]*$/)
  @TextField({
    max: 100,
    optional: true,
    description: 'Returns only tenants whose slug, name or domain contains all these words.',
  })
  search?: string;

  @EnumField(TENANT_STATUSES, { optional: true }) status?: TenantStatus;

  @PlanAlias() @EnumField(PLANS, { optional: true }) plan?: Plan;

  @SortParameter(TENANT_SORTS)
  sort?: string;
}

export class CreateTenantDto extends TenantDescription {
  @SlugField() slug!: string;
  @LineField({ max: 255, example: 'Acme Corporation' }) name!: string;

  @DomainField() domain?: string | null;

  @PlanAlias()
  @EnumField(PLANS, {
    optional: true,
    default: 'basic',
    description: 'The plan. `pro` is accepted for `professional`.',
  })
  plan?: Plan;

  @EmailField({ example: 'ada@acme.example' }) ownerEmail!: string;

  @NewPasswordField({
    optional: true,
    description: 'The password of the owner. Without one, the owner is invited by email.',
  })
  ownerPassword?: string;

  @QuotaField({ optional: true, description: 'Overrides of the limits of the plan.' })
  quota?: Record<string, number | null>;

  @PatternField(REGION, { max: 50, optional: true, example: 'eu', default: 'eu' }) dataRegion?: string;
}

export class UpdateTenantDto extends UpdateOwnTenantDto {
  @DomainField() domain?: string | null;

  @PlanAlias()
  @EnumField(PLANS, { optional: true, description: 'The plan. `pro` is accepted for `professional`.' })
  plan?: Plan;

  @QuotaField({
    optional: true,
    nullable: true,
    description: "Overrides of the plan's limits, merged into the stored ones. Null removes an override.",
  })
  quota?: Record<string, number | null> | null;

  @PatternField(REGION, { max: 50, optional: true, example: 'eu' }) dataRegion?: string;
}

/** A tenant as the platform sees it. */
export class TenantDto extends OwnTenantDto {
  @QuotaField() quota!: Record<string, number>;

  @TimestampField({
    nullable: true,
    description: 'The time at which a tenant in status PENDING_DELETION is permanently deleted.',
  })
  deletionScheduledAt!: Date | null;
}

export class ListedTenantDto extends OmitType(TenantDto, ['settings', 'theme', 'metadata'] as const) {
  @JsonObjectField({
    nullable: true,
    description: 'The settings. Null when they are larger than 16 KiB, like `theme` and `metadata`.',
  })
  settings!: JsonObject | null;

  @JsonObjectField({ nullable: true }) theme!: JsonObject | null;
  @JsonObjectField({ nullable: true }) metadata!: JsonObject | null;

  @OmittedField() omitted?: string[];
}

export function toListedTenantDto({ omitted, ...tenant }: ListedTenant): ListedTenantDto {
  return Object.assign(toTenantDto(tenant as Tenant), omitted && { omitted });
}

export function toTenantDto(tenant: Tenant) {
  const { quota, deletionScheduledAt } = tenant;
  return { ...toOwnTenantDto(tenant), quota, deletionScheduledAt } satisfies TenantDto;
}

export class TenantOwnerDto {
  @UuidField() id!: string;
  @TextField({ example: 'ada' }) username!: string;
  @TextField({ example: 'ada@acme.example' }) email!: string;
  @EnumField(['ACTIVE', 'INVITED']) status!: 'ACTIVE' | 'INVITED';
}

export class ProvisionedTenantDto extends TenantDto {
  @ObjectField(TenantOwnerDto) owner!: TenantOwnerDto;

  @TextField({
    optional: true,
    description:
      'The token with which the owner accepts the invitation. It is shown once, and absent when a password was given.',
  })
  invitationToken?: string;
}

export function toProvisionedTenantDto({ tenant, owner, invitationToken }: ProvisionedTenant): ProvisionedTenantDto {
  const { id, username, email, status } = owner;
  return {
    ...toTenantDto(tenant),
    owner: { id, username, email, status },
    ...(invitationToken && { invitationToken }),
  };
}
