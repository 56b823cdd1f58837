import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import {
  ApiNewPassword,
  HasMaxLength,
  IsEmailAddress,
  IsNewPassword,
  IsOneLine,
  LowerCased,
  MayBeAbsent,
} from '../../common/contracts/input-rules.js';
import { ApiOmitted } from '../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { OwnTenantDto, TenantDescription, toOwnTenantDto, UpdateOwnTenantDto } from './own-tenant.dto.js';
import type { ProvisionedTenant } from './provisioning/provisioning.service.js';
import { IsCustomDomain, IsQuota, IsSlug, PlanAlias } from './tenant-rules.js';
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
const QUOTA = { type: 'object', additionalProperties: { type: 'integer' }, example: { users: 50 } } as const;

export class ListTenantsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Returns only tenants whose slug, name or domain contains all these words.' })
  @IsOptional()
  @Matches(/^[^\0]*$/)
  @HasMaxLength(100)
  search?: string;

  @ApiPropertyOptional({ enum: TENANT_STATUSES })
  @IsOptional()
  @IsIn(TENANT_STATUSES)
  status?: TenantStatus;

  @ApiPropertyOptional({ enum: PLANS })
  @PlanAlias()
  @IsOptional()
  @IsIn(PLANS)
  plan?: Plan;

  @SortParameter(TENANT_SORTS)
  sort?: string;
}

export class CreateTenantDto extends TenantDescription {
  @ApiProperty({ minLength: 3, maxLength: 50, pattern: '^[a-z0-9][a-z0-9-]+[a-z0-9]$', example: 'acme-corp' })
  @IsSlug()
  slug!: string;

  @ApiProperty({ minLength: 1, maxLength: 255, example: 'Acme Corporation' })
  @IsOneLine(255)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'app.acme.example' })
  @LowerCased()
  @IsOptional()
  @IsCustomDomain()
  domain?: string | null;

  @ApiPropertyOptional({
    enum: PLANS,
    default: 'basic',
    description: 'The plan. `pro` is accepted for `professional`.',
  })
  @PlanAlias()
  @MayBeAbsent()
  @IsIn(PLANS)
  plan?: Plan;

  @ApiProperty({ format: 'email', example: 'ada@acme.example' })
  @IsEmailAddress()
  ownerEmail!: string;

  @ApiNewPassword({
    required: false,
    description: 'The password of the owner. Without one the owner is invited by mail.',
  })
  @MayBeAbsent()
  @IsNewPassword()
  ownerPassword?: string;

  @ApiPropertyOptional({ ...QUOTA, description: 'Overrides of the limits of the plan.' })
  @MayBeAbsent()
  @IsQuota()
  quota?: Record<string, number | null>;

  @ApiPropertyOptional({ example: 'eu', default: 'eu' })
  @MayBeAbsent()
  @Matches(REGION)
  @HasMaxLength(50)
  dataRegion?: string;
}

export class UpdateTenantDto extends UpdateOwnTenantDto {
  @ApiPropertyOptional({ type: String, nullable: true, example: 'app.acme.example' })
  @LowerCased()
  @IsOptional()
  @IsCustomDomain()
  domain?: string | null;

  @ApiPropertyOptional({ enum: PLANS, description: 'The plan. `pro` is accepted for `professional`.' })
  @PlanAlias()
  @MayBeAbsent()
  @IsIn(PLANS)
  plan?: Plan;

  @ApiPropertyOptional({
    ...QUOTA,
    nullable: true,
    description: "Overrides of the plan's limits, merged into the stored ones. Null removes an override.",
  })
  @IsOptional()
  @IsQuota()
  quota?: Record<string, number | null> | null;

  @ApiPropertyOptional({ example: 'eu' })
  @MayBeAbsent()
  @Matches(REGION)
  @HasMaxLength(50)
  dataRegion?: string;
}

/** A tenant as the platform sees it. */
export class TenantDto extends OwnTenantDto {
  @ApiProperty(QUOTA)
  quota!: Record<string, number>;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'The time at which a tenant in status PENDING_DELETION is permanently deleted.',
  })
  deletionScheduledAt!: Date | null;
}

export class ListedTenantDto extends OmitType(TenantDto, ['settings', 'theme', 'metadata'] as const) {
  @ApiFreeJson({
    nullable: true,
    description: 'The settings. Null when they are larger than 16 KiB, like `theme` and `metadata`.',
  })
  settings!: JsonObject | null;

  @ApiFreeJson({ nullable: true })
  theme!: JsonObject | null;

  @ApiFreeJson({ nullable: true })
  metadata!: JsonObject | null;

  @ApiOmitted()
  omitted?: string[];
}

export function toListedTenantDto({ omitted, ...tenant }: ListedTenant): ListedTenantDto {
  return Object.assign(toTenantDto(tenant as Tenant), omitted && { omitted });
}

export function toTenantDto(tenant: Tenant) {
  const { quota, deletionScheduledAt } = tenant;
  return { ...toOwnTenantDto(tenant), quota, deletionScheduledAt } satisfies TenantDto;
}

export class TenantOwnerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'ada' })
  username!: string;

  @ApiProperty({ example: 'ada@acme.example' })
  email!: string;

  @ApiProperty({ enum: ['ACTIVE', 'INVITED'] })
  status!: 'ACTIVE' | 'INVITED';
}

export class ProvisionedTenantDto extends TenantDto {
  @ApiProperty({ type: TenantOwnerDto })
  owner!: TenantOwnerDto;

  @ApiPropertyOptional({
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
