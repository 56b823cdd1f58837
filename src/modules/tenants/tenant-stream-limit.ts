import { Injectable, type OnModuleInit } from '@nestjs/common';
import { StreamSlots } from '../../common/streams/stream-slots.js';
import { shareOfUser } from './plan-limits.js';
import { PlanLimits } from './plan-limits.service.js';

/** Counts open event streams against the tenant's plan. */
@Injectable()
export class TenantStreamLimit implements OnModuleInit {
  constructor(
    private readonly slots: StreamSlots,
    private readonly limits: PlanLimits,
  ) {}

  onModuleInit(): void {
    this.slots.limitTenantsBy(async () => {
      const limit = (await this.limits.of('eventStreams')) ?? Infinity;
      return { ofTenant: limit, ofUser: shareOfUser(limit) ?? Infinity };
    });
  }
}
