import { Injectable } from '@nestjs/common';
import { KeyedCounts } from '../concurrency/keyed-counts.js';
import { RateLimitError, UnavailableError } from '../errors/app-error.js';

const MAX_STREAMS = 2000;
const RETRY_AFTER_MS = 5000;

/** Maximum open streams in a process. */
export interface StreamLimits {
  ofTenant: number;
  /** Lower than the tenant's limit, so that no user can take all of it. */
  ofUser: number;
}

/** Limit for the platform's own streams, and the default for tenants. */
const DEFAULT_LIMITS: StreamLimits = { ofTenant: 200, ofUser: 50 };

/** Counts and limits open streams in this process: each costs memory and an occasional database query. */
@Injectable()
export class StreamSlots {
  readonly #open = new KeyedCounts();
  #all = 0;
  #limitsOfTenant: () => Promise<StreamLimits> = () => Promise.resolve(DEFAULT_LIMITS);

  /** @param limits returns those of the current tenant. */
  limitTenantsBy(limits: () => Promise<StreamLimits>): void {
    this.#limitsOfTenant = limits;
  }

  /** @param tenantId the current tenant; undefined for the platform's own streams. */
  async limitsOf(tenantId: string | undefined): Promise<StreamLimits> {
    return tenantId === undefined ? DEFAULT_LIMITS : this.#limitsOfTenant();
  }

  /**
   * Returns a function to call when the stream has ended.
   * @throws RateLimitError when the tenant or the user has too many streams, UnavailableError when the process has.
   */
  enter(tenantId: string | undefined, userId: string, limits: StreamLimits): () => void {
    const ofTenant = tenantId ?? 'platform';
    const ofUser = `${ofTenant} ${userId}`;
    if (this.#open.of(ofTenant) >= limits.ofTenant) throw tooMany('Your tenant', limits.ofTenant);
    if (this.#open.of(ofUser) >= limits.ofUser) throw tooMany('A user', limits.ofUser);
    if (this.#all >= MAX_STREAMS) {
      throw new UnavailableError('stream.unavailable', 'Too many streams are open. Try again later.', RETRY_AFTER_MS);
    }
    this.#all += 1;
    for (const key of [ofTenant, ofUser]) this.#open.enter(key);
    return () => {
      this.#all -= 1;
      for (const key of [ofTenant, ofUser]) this.#open.leave(key);
    };
  }
}

function tooMany(who: string, limit: number): RateLimitError {
  return new RateLimitError('stream.too_many', `${who} may have at most ${limit} streams open.`, RETRY_AFTER_MS);
}
