import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';

const UNLIMITED = 2_147_483_646;

/** Returns the tenant's limits on runs, from its quota or its plan. */
@Injectable()
export class RunLimits {
  constructor(private readonly limits: PlanLimits) {}

  /** Maximum number of runs with a worker at the same time: `concurrentRuns`. */
  async maxRuns(): Promise<number> {
    return (await this.limits.of('concurrentRuns')) ?? UNLIMITED;
  }

  /** Maximum number of runs that have not ended: `openRuns`. */
  async maxOpenRuns(): Promise<number> {
    return (await this.limits.of('openRuns')) ?? UNLIMITED;
  }
}
