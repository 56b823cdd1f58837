import { UnprocessableError } from '../../common/errors/app-error.js';
import type { Plan, Tenant } from './tenants.types.js';

/** What plans limit. The names are the keys of `Tenant.quota`, too. */
export const LIMITED_RESOURCES = [
  'users',
  'workflows',
  /** Of one workflow: those that runs use, and the newest. */
  'workflowVersions',
  'scripts',
  /** With workers at the same time. */
  'concurrentRuns',
  /** That have not ended. */
  'openRuns',
  /** That work. A user may have a quarter of them. */
  'apiKeys',
  /** Sign-ins of one user that have not ended: a new one ends the one that was used longest ago. */
  'sessionsPerUser',
  /** Open ones in one process. A user may have a quarter of them. */
  'eventStreams',
  /** Recipients of invitations and of what workflows send, in a day (UTC). */
  'emailsPerDay',
  /** Of one mail that a workflow sends. */
  'emailRecipients',
  /** Offered in a day (UTC). */
  'powerTransfersPerDay',
] as const;
export type LimitedResource = (typeof LIMITED_RESOURCES)[number];

type Limits = Record<LimitedResource, number | null>;

/** What does not differ between plans. */
const EVERYWHERE = { workflowVersions: 1000, eventStreams: 200, emailRecipients: 10, powerTransfersPerDay: 20 };

/** `null` is unlimited. */
const PLAN_LIMITS: Record<Plan, Limits> = {
  basic: {
    ...EVERYWHERE,
    users: 10,
    workflows: 25,
    scripts: 50,
    concurrentRuns: 5,
    openRuns: 1000,
    apiKeys: 100,
    sessionsPerUser: 20,
    emailsPerDay: 1000,
  },
  professional: {
    ...EVERYWHERE,
    users: 100,
    workflows: 250,
    scripts: 500,
    concurrentRuns: 20,
    openRuns: 10_000,
    apiKeys: 1000,
    sessionsPerUser: 50,
    emailsPerDay: 10_000,
  },
  enterprise: {
    ...EVERYWHERE,
    users: 1000,
    workflows: 2500,
    scripts: 5000,
    concurrentRuns: 50,
    openRuns: 50_000,
    apiKeys: 10_000,
    sessionsPerUser: 100,
    emailsPerDay: 100_000,
  },
  custom: {
    ...EVERYWHERE,
    users: null,
    workflows: null,
    scripts: 25_000,
    concurrentRuns: 100,
    openRuns: 100_000,
    apiKeys: 100_000,
    sessionsPerUser: 100,
    emailsPerDay: 1_000_000,
  },
};

/** How many of a resource a tenant may have: its own quota, else its plan's limit; `null` is unlimited. */
export function limitOf(tenant: Pick<Tenant, 'plan' | 'quota'>, resource: LimitedResource): number | null {
  const own: unknown = tenant.quota[resource];
  // The quota is free JSON that platform admins write: what is no count is no override.
  return typeof own === 'number' && Number.isInteger(own) && own >= 0 ? own : PLAN_LIMITS[tenant.plan][resource];
}

export type PlanLimitValues = Limits & Record<'apiKeysPerUser' | 'eventStreamsPerUser', number | null>;

/** All limits of a tenant, as people are told them. */
export function limitsOf(tenant: Pick<Tenant, 'plan' | 'quota'>): PlanLimitValues {
  const entries = LIMITED_RESOURCES.map((resource) => [resource, limitOf(tenant, resource)] as const);
  const limits = Object.fromEntries(entries) as Limits;
  const { apiKeys, eventStreams } = limits;
  return { ...limits, apiKeysPerUser: shareOfUser(apiKeys), eventStreamsPerUser: shareOfUser(eventStreams) };
}

/** What one user may have of what the whole tenant may: nobody takes all of it. */
export function shareOfUser(limit: number | null): number | null {
  return limit && Math.max(1, Math.floor(limit / 4));
}

/**
 * 422 `plan.limit_reached`.
 * @remedy Remove something, or ask for a larger plan.
 */
export function planLimitReached(resource: LimitedResource | 'apiKeys of one user', limit: number): UnprocessableError {
  return new UnprocessableError('plan.limit_reached', `The plan's limit of ${limit} ${resource} has been reached.`);
}
