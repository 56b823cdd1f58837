import { UnprocessableError } from '../../common/errors/app-error.js';
import type { PlanLimit } from '../../common/manifest/manifest.js';
import type { Tenant } from './tenants.types.js';

type Limits = ReadonlyMap<string, PlanLimit>;
type Allowance = Pick<Tenant, 'plan' | 'quota'>;

/**
 * Returns a tenant's limit for a resource: its own quota, else its plan's limit; `null` is unlimited.
 * @param limits the limits that the manifests declare.
 * @throws Error if none of them declares the resource.
 */
export function limitOf(limits: Limits, tenant: Allowance, resource: string): number | null {
  const declared = limits.get(resource);
  if (!declared) {
    throw new Error(
      `No manifest declares the plan limit ${resource}. Add to limits in src/modules/<module>/<module>.manifest.ts: ` +
        `${resource}: { plans: { basic: 10, professional: 100, enterprise: 1000, custom: null } },`,
    );
  }
  const own: unknown = tenant.quota[resource];
  // The quota is free JSON written by platform admins: a value that is not a count is ignored.
  if (typeof own === 'number' && Number.isInteger(own) && own >= 0) return own;
  return typeof declared.plans === 'number' ? declared.plans : declared.plans[tenant.plan];
}

/** Returns all limits of a tenant, as the API shows them. */
export function limitsOf(limits: Limits, tenant: Allowance): Record<string, number | null> {
  const entries = [...limits].flatMap(([resource, { perUser }]): [string, number | null][] => {
    const limit = limitOf(limits, tenant, resource);
    return perUser === undefined
      ? [[resource, limit]]
      : [
          [resource, limit],
          [shareNameOf(resource), shareOfUser(limit)],
        ];
  });
  return Object.fromEntries(entries);
}

/** Returns the name under which the limit per user is shown. */
export function shareNameOf(resource: string): string {
  return `${resource}PerUser`;
}

/** Returns the part of a tenant's limit that one user may use, so that nobody uses all of it. */
export function shareOfUser(limit: number | null): number | null {
  return limit && Math.max(1, Math.floor(limit / 4));
}

/**
 * 422 `plan.limit_reached`.
 * @remedy Remove something, or ask for a larger plan.
 */
export function planLimitReached(resource: string, limit: number): UnprocessableError {
  return new UnprocessableError('plan.limit_reached', `The plan's limit of ${limit} ${resource} has been reached.`);
}
