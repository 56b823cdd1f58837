import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';

const UNLIMITED = 2_147_483_646;

/** How many runs of a tenant there may be, by its quota or its plan. */
@Injectable()
export class RunLimits {
  constructor(private readonly limits: PlanLimits) {}

  /** With workers at the same time: `concurrentRuns`. */
  async maxRuns(): Promise<number> {
    return (await this.limits.of('concurrentRuns')) ?? UNLIMITED;
  }

  /** That have not ended: `openRuns`. */
  async maxOpenRuns(): Promise<number> {
    return (await this.limits.of('openRuns')) ?? UNLIMITED;
  }
}
