import { boundedCache } from '../../../common/caching/bounded-cache.js';

const REMEMBERED_TENANTS = 10_000;
const REMEMBERED_FOR_MS = 1000;
/** Processes that may use what they saw of the same room: together they stay within it. */
const MAX_PROCESSES = 16;

/**
 * How many runs a process may still start for a tenant before the open ones are counted again. Far from the limit nearly every start
 * goes without a count; close to it every start is counted, and the limit is exact.
 */
export class OpenRunRoom {
  readonly #left = boundedCache<{ starts: number }>({ max: REMEMBERED_TENANTS, ttl: REMEMBERED_FOR_MS });

  /** Takes one start out of what is known to fit; false when the open runs have to be counted. */
  take(tenantId: string): boolean {
    const left = this.#left.get(tenantId);
    if (!left || left.starts === 0) return false;
    left.starts -= 1;
    return true;
  }

  /** @param free how many more runs fitted when they were counted. */
  counted(tenantId: string, free: number): void {
    this.#left.set(tenantId, { starts: Math.floor(free / MAX_PROCESSES) });
  }
}
