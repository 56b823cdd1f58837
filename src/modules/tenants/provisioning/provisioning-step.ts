import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Plan } from '../tenants.types.js';

/** The tenant as steps see it: its registry row exists, with status PROVISIONING. */
export interface ProvisioningTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: Plan;
}

/** Request data in addition to the registry row. */
export interface ProvisioningRequest {
  readonly owner: {
    /** Lower-case. */
    readonly email: string;
    /** If absent, the owner is invited. */
    readonly password?: string;
  };
}

/** Data that steps contribute to the response. */
export interface ProvisioningOutcome {
  owner?: {
    readonly id: string;
    readonly username: string;
    readonly email: string;
    readonly status: 'ACTIVE' | 'INVITED';
  };
  /** Shown only once; absent if the owner was given a password. */
  invitationToken?: string;
}

/**
 * One step of creating a tenant. Modules contribute steps as providers decorated with `@ProvisioningStep`.
 *
 * Both methods run in the tenant's context and in one `DbalService` transaction each, so a failed attempt leaves
 * nothing behind and is retried. Work outside the database must therefore be idempotent.
 */
export interface ProvisioningStepHandler {
  /**
   * @throws any error: the step is retried a few times, then all steps applied so far are rolled back. AppErrors are
   * not retried.
   */
  apply(tenant: ProvisioningTenant, request: ProvisioningRequest): Promise<ProvisioningOutcome | void>;
  /** Reverts `apply`, even if it never ran or stopped half-way. */
  rollback(tenant: ProvisioningTenant): Promise<void>;
}

export interface ProvisioningStepOptions {
  /** Unique, snake_case, in the past tense: `owner_created`. Stored with the progress and used in errors. */
  readonly name: string;
  /** Steps are applied in ascending and rolled back in descending order. */
  readonly order: number;
}

/** Metadata by which the provisioner discovers steps. */
export const ProvisioningStepMetadata = DiscoveryService.createDecorator<ProvisioningStepOptions>();

/** Declares a provider as a provisioning step: `@ProvisioningStep({ name: 'owner_created', order: 100 })`. */
export const ProvisioningStep = (options: ProvisioningStepOptions): ClassDecorator =>
  applyDecorators(Injectable(), ProvisioningStepMetadata(options));
