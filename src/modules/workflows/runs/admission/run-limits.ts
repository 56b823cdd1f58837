import { Injectable } from '@nestjs/common';
import { boundedCache } from '../../../../common/caching/bounded-cache.js';
import { TenantContext } from '../../../../common/tenancy/tenant-context.js';
import { limitOf } from '../../../tenants/plan-limits.js';
import type { Tenant } from '../../../tenants/tenants.types.js';
import { RunAdmissionRepository } from './run-admission.repository.js';

const UNLIMITED = 2_147_483_647;
const REMEMBERED_TENANTS = 10_000;
/** A changed plan holds this late. */
const REMEMBERED_FOR_MS = 10_000;

/** How many runs of a tenant may be with workers at the same time: by its quota `concurrentRuns`, or its plan. */
@Injectable()
export class RunLimits {
  readonly #known = boundedCache<number>({ max: REMEMBERED_TENANTS, ttl: REMEMBERED_FOR_MS });

  constructor(
    private readonly tenant: TenantContext,
    private readonly admission: RunAdmissionRepository,
  ) {}

  async maxRuns(): Promise<number> {
    const { tenantId } = this.tenant;
    const known = this.#known.get(tenantId);
    if (known !== undefined) return known;
    const row = (await this.admission.findPlan()) as Pick<Tenant, 'plan' | 'quota'> | null;
    const maxRuns = (row && limitOf(row, 'concurrentRuns')) ?? UNLIMITED;
    this.#known.set(tenantId, maxRuns);
    return maxRuns;
  }
}
