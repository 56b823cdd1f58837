import { boundedCache } from '../../caching/bounded-cache.js';

/** Tenants that hold connections no longer than this on average, in milliseconds, are never limited. */
const SHORT_MS = 5;
/**
 * Maximum time counted for one hold, so that an occasional report does not mark a tenant as slow, but a series of them
 * does.
 */
const LONGEST_COUNTED_MS = 40;
/** Weight of the latest hold in the average. */
const WEIGHT = 0.2;
/** Time after its last query during which a tenant counts as active, in milliseconds. */
const NEIGHBOUR_MS = 1000;
/** Number of tenants whose average is kept; a process may serve any number of them. */
const REMEMBERED = 5000;

/**
 * Measures how long tenants hold connections, and derives how many each may hold at once. A tenant alone may use the
 * maximum. While others are active, its limit falls with its hold time, down to one: slow queries take the database's
 * CPU from other tenants even if there are enough connections. The quickest active tenant keeps the maximum, since it
 * is only slowed down by the others.
 */
export class TenantPace {
  /** Moving averages in milliseconds. */
  readonly #holds = boundedCache<{ ms: number }>({ max: REMEMBERED });
  #latest = { tenantId: '', at: -Infinity };
  /** When a tenant other than the latest one last requested a connection. */
  #othersAt = -Infinity;
  #quickest = { tenantId: '', ms: Infinity, at: -Infinity };

  constructor(
    private readonly maxActive: number,
    private readonly now: () => number,
  ) {}

  /** Call when the tenant requests a connection. */
  came(tenantId: string): void {
    if (tenantId !== this.#latest.tenantId) {
      this.#othersAt = this.#latest.at;
      this.#latest.tenantId = tenantId;
    }
    this.#latest.at = this.now();
  }

  held(tenantId: string, heldMs: number): void {
    let hold = this.#holds.get(tenantId);
    if (!hold) this.#holds.set(tenantId, (hold = { ms: 0 }));
    hold.ms += WEIGHT * (Math.min(heldMs, LONGEST_COUNTED_MS) - hold.ms);
    const { tenantId: quickest, ms, at } = this.#quickest;
    const now = this.now();
    if (tenantId === quickest || hold.ms < ms || now - at >= NEIGHBOUR_MS) {
      this.#quickest = { tenantId, ms: hold.ms, at: now };
    }
  }

  /** Returns how many connections the tenant may hold at the moment. */
  boundOf(tenantId: string): number {
    const ms = this.#holds.get(tenantId)?.ms ?? 0;
    if (ms <= SHORT_MS || tenantId === this.#quickest.tenantId || !this.#hasNeighbours(tenantId)) return this.maxActive;
    return Math.max(1, Math.floor((this.maxActive * SHORT_MS) / ms));
  }

  #hasNeighbours(tenantId: string): boolean {
    const neighbourAt = tenantId === this.#latest.tenantId ? this.#othersAt : this.#latest.at;
    return this.now() - neighbourAt < NEIGHBOUR_MS;
  }
}
