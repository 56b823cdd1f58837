import { UnprocessableError } from '../../common/errors/app-error.js';
import type { Plan, Tenant } from './tenants.types.js';

/** What plans limit. The names are the keys of `Tenant.quota`, too. */
export type LimitedResource = 'users' | 'workflows' | 'concurrentRuns' | 'openRuns';

/** `null` is unlimited. */
const PLAN_LIMITS: Record<Plan, Record<LimitedResource, number | null>> = {
  basic: { users: 10, workflows: 25, concurrentRuns: 5, openRuns: 1000 },
  professional: { users: 100, workflows: 250, concurrentRuns: 20, openRuns: 10_000 },
  enterprise: { users: 1000, workflows: 2500, concurrentRuns: 50, openRuns: 50_000 },
  custom: { users: null, workflows: null, concurrentRuns: 100, openRuns: 100_000 },
};

/** How many of a resource a tenant may have: its own quota, else its plan's limit; `null` is unlimited. */
export function limitOf(tenant: Pick<Tenant, 'plan' | 'quota'>, resource: LimitedResource): number | null {
  const own: unknown = tenant.quota[resource];
  // The quota is free JSON that platform admins write: what is no count is no override.
  return typeof own === 'number' && Number.isInteger(own) && own >= 0 ? own : PLAN_LIMITS[tenant.plan][resource];
}

/** 422 `plan.limit_reached`. */
export function planLimitReached(resource: LimitedResource, limit: number): UnprocessableError {
  return new UnprocessableError('plan.limit_reached', `The plan allows ${limit} ${resource}, and there are as many.`);
}
