import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { backOffMs } from '../../../common/concurrency/back-off.js';

/** How long provisioning tries. A provider of its own, so that tests need not wait. All times in milliseconds. */
@Injectable()
export class ProvisioningPace {
  /** Of one step. */
  readonly attempts: number = 3;
  /** Limit for all steps together. */
  readonly budgetMs: number = 90_000;
  /** After the budget, before somebody else may clear a half-made tenant away. */
  readonly recoveryMarginMs: number = 30_000;

  /** Monotonic. */
  now(): number {
    return performance.now();
  }

  /** Before another attempt: 0.25, 1, 4 … seconds. */
  async backOff(failedAttempts: number): Promise<void> {
    await setTimeout(backOffMs({ firstMs: 250, factor: 4 }, failedAttempts));
  }
}
