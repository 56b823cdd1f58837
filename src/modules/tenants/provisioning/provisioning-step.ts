import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Plan } from '../tenants.types.js';

/** The tenant as steps see it: its registry row exists, its status is PROVISIONING. */
export interface ProvisioningTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: Plan;
}

/** What was asked for beyond the registry row. */
export interface ProvisioningRequest {
  readonly owner: {
    /** Lower-case. */
    readonly email: string;
    /** Without one the owner is invited. */
    readonly password?: string;
  };
}

/** What steps contribute to the answer. */
export interface ProvisioningOutcome {
  owner?: {
    readonly id: string;
    readonly username: string;
    readonly email: string;
    readonly status: 'ACTIVE' | 'INVITED';
  };
  /** Shown once; absent when the owner was given a password. */
  invitationToken?: string;
}

/**
 * One part of making a tenant. Modules contribute steps as providers decorated with `@ProvisioningStep`.
 *
 * Both methods run inside the tenant's context and inside one `DbalService` transaction of their own, so a failed attempt leaves nothing
 * behind and is tried again. Work outside the database must therefore bear being repeated.
 */
export interface ProvisioningStepHandler {
  /** @throws anything: the step is tried again a few times, then all steps applied so far are rolled back. AppErrors are not retried. */
  apply(tenant: ProvisioningTenant, request: ProvisioningRequest): Promise<ProvisioningOutcome | void>;
  /** Undoes `apply`, also one that never ran or stopped half-way. */
  rollback(tenant: ProvisioningTenant): Promise<void>;
}

export interface ProvisioningStepOptions {
  /** Unique, snake_case, in the past tense: `owner_created`. Stored with the progress and named in errors. */
  readonly name: string;
  /** Steps are applied in ascending and rolled back in descending order. */
  readonly order: number;
}

/** How the provisioner finds the steps. */
export const ProvisioningStepMetadata = DiscoveryService.createDecorator<ProvisioningStepOptions>();

/** Makes a provider a step of provisioning: `@ProvisioningStep({ name: 'owner_created', order: 100 })`. */
export const ProvisioningStep = (options: ProvisioningStepOptions): ClassDecorator =>
  applyDecorators(Injectable(), ProvisioningStepMetadata(options));
