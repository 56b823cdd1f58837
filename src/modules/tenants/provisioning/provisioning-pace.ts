import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { backOffMs } from '../../../common/concurrency/back-off.js';

/** Retry policy of provisioning. A provider of its own, so that tests need not wait. All times are in milliseconds. */
@Injectable()
export class ProvisioningPace {
  /** Maximum attempts per step. */
  readonly attempts: number = 3;
  /** Time limit for all steps together. */
  readonly budgetMs: number = 90_000;
  /** Time after the budget before another process may clean up an unfinished tenant. */
  readonly recoveryMarginMs: number = 30_000;

  /** Monotonic clock. */
  now(): number {
    return performance.now();
  }

  /** Waits before the next attempt: 0.25, 1, 4 … seconds. */
  async backOff(failedAttempts: number): Promise<void> {
    await setTimeout(backOffMs({ firstMs: 250, factor: 4 }, failedAttempts));
  }
}
