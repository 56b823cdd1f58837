import { boundedCache } from '../../../common/caching/bounded-cache.js';

const REMEMBERED_TENANTS = 10_000;
const REMEMBERED_FOR_MS = 1000;
/** Assumed maximum of processes that count concurrently: each may use this fraction of the free capacity. */
const MAX_PROCESSES = 16;

/**
 * Remembers how many runs a process may start for a tenant before open runs are counted again. Far from the limit most
 * starts need no count; close to it every start is counted, and the limit is exact.
 */
export class OpenRunRoom {
  readonly #left = boundedCache<{ starts: number }>({ max: REMEMBERED_TENANTS, ttl: REMEMBERED_FOR_MS });

  /** Uses up one of the remembered starts; returns false if open runs must be counted. */
  take(tenantId: string): boolean {
    const left = this.#left.get(tenantId);
    if (!left || left.starts === 0) return false;
    left.starts -= 1;
    return true;
  }

  /** @param free remaining capacity at the last count. */
  counted(tenantId: string, free: number): void {
    this.#left.set(tenantId, { starts: Math.floor(free / MAX_PROCESSES) });
  }
}
