import { Injectable } from '@nestjs/common';
import { ChangeAwareCache } from '../../common/changes/change-aware-cache.js';
import { IdentityListener } from '../../common/changes/identity-listener.js';
import { Manifests } from '../../common/manifest/manifests.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';
import { OwnTenantRepository } from './own-tenant.repository.js';
import { limitOf, planLimitReached } from './plan-limits.js';
import type { Tenant } from './tenants.types.js';
import { UsageCountersRepository } from './usage-counters.repository.js';

const REMEMBERED_TENANTS = 10_000;
const REMEMBERED_FOR_MS = 60_000;

type Allowance = Pick<Tenant, 'plan' | 'quota'>;

/** Checks the limits of the current tenant's plan and quota, from a short-lived cache. */
@Injectable()
export class PlanLimits {
  readonly #known: ChangeAwareCache<Allowance>;

  constructor(
    private readonly context: TenantContext,
    private readonly tenants: OwnTenantRepository,
    private readonly counters: UsageCountersRepository,
    private readonly manifests: Manifests,
    listener: IdentityListener,
  ) {
    this.#known = new ChangeAwareCache(listener, { max: REMEMBERED_TENANTS, ttlMs: () => REMEMBERED_FOR_MS });
    listener.subscribe({
      onChange: ({ kind, id }) => {
        if (kind === 'tenant') this.#known.forget(id);
      },
      onGap: () => this.#known.clear(),
    });
  }

  /**
   * Returns the limit of a resource that a manifest declares; `null` is unlimited. A changed plan takes effect within a
   * second.
   */
  async of(resource: string): Promise<number | null> {
    return limitOf(this.manifests.limits, await this.#known.get(this.context.tenantId, () => this.#load()), resource);
  }

  /**
   * Checks that one more may be created. Call it first in the transaction that creates it: it takes a lock, so that
   * concurrent callers count the same resource one after the other.
   * @param count returns the current number.
   * @throws UnprocessableError `plan.limit_reached`.
   */
  async assertRoom(resource: string, count: () => Promise<number>): Promise<void> {
    if ((await this.of(resource)) === null) return;
    await this.tenants.lock(`plan:${resource}`);
    await this.assertBelow(resource, count);
  }

  /**
   * Does the same as `assertRoom`, for callers that already hold a lock against concurrent additions.
   * @throws UnprocessableError `plan.limit_reached`.
   */
  async assertBelow(resource: string, count: () => Promise<number>): Promise<void> {
    const limit = await this.of(resource);
    if (limit !== null && (await count()) >= limit) throw planLimitReached(resource, limit);
  }

  /**
   * Counts `amount` against a daily limit, in the running transaction: all of it or nothing.
   * @throws UnprocessableError `plan.limit_reached`.
   */
  async useToday(resource: string, amount: number): Promise<void> {
    const limit = await this.of(resource);
    if (limit === null) return;
    if (!(await this.counters.add(resource, amount, limit))) throw planLimitReached(resource, limit);
  }

  /** A tenant that was deleted in the meantime is allowed nothing more. */
  async #load(): Promise<Allowance> {
    const tenant = await this.tenants.find();
    return { plan: tenant?.plan ?? 'basic', quota: tenant?.quota ?? {} };
  }
}
