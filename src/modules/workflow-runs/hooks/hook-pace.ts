import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config/config.js';
import { RateLimitError } from '../../../common/errors/app-error.js';
import { networkOf } from '../../../common/http/rate-limit/address-limiter.js';
import { RateLimitSync } from '../../../common/http/rate-limit/rate-limit-sync.js';
import { WindowClock } from '../../../common/http/rate-limit/window-clock.js';
import { WindowCounters } from '../../../common/http/rate-limit/window-counters.js';

const MAX_KEYS = 20_000;

/** Limits calls of a hook, and of all hooks of a tenant, to the same rates as requests of a user and of a tenant. */
@Injectable()
export class HookPace {
  readonly #counters: WindowCounters;

  constructor(
    private readonly config: Config,
    sync: RateLimitSync,
    clock: WindowClock,
  ) {
    this.#counters = new WindowCounters(MAX_KEYS, () => clock.now());
    sync.add(this.#counters);
  }

  /** Counts one call. @throws RateLimitError */
  check(tenantId: string, tokenHash: string): void {
    this.#take(`hook:${tokenHash}`, this.config.RATE_LIMIT_USER_PER_MINUTE);
    this.#take(`hooks:${tenantId}`, this.config.RATE_LIMIT_TENANT_PER_MINUTE);
  }

  /** Counts a call of an unknown address, to slow down guessing. @throws RateLimitError */
  missed(ipAddress: string | undefined): void {
    if (this.config.RATE_LIMIT_USER_PER_MINUTE === 0 || ipAddress === undefined) return;
    this.#take(`hook misses:${networkOf(ipAddress)}`, this.config.RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE);
  }

  #take(key: string, limit: number): void {
    if (limit === 0) return;
    const { allowed, resetMs } = this.#counters.take(key, limit);
    if (!allowed) {
      throw new RateLimitError('rate_limit.exceeded', `More than ${limit} calls per minute.`, resetMs);
    }
  }
}
