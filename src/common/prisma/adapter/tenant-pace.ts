import { boundedCache } from '../../caching/bounded-cache.js';

/** A tenant that keeps connections no longer than this, in milliseconds, is in nobody's way. */
const SHORT_MS = 5;
/** One hold counts no more than this: now and then a report must not make a tenant slow, only one after the other. */
const LONGEST_COUNTED_MS = 40;
/** Share of the latest hold in the average. */
const WEIGHT = 0.2;
/** For how long after its last query, in milliseconds, a tenant counts as a neighbour. */
const NEIGHBOUR_MS = 1000;
/** Tenants whose average is kept: a process may see any number of them. */
const REMEMBERED = 5000;

/**
 * How long tenants keep connections, and how many each may therefore hold at a time. Alone, that is the maximum. While neighbours are
 * there, it falls with the time, down to one: slow queries take the processors of the database from the others even where there are
 * connections enough. The quickest tenant of those who are there keeps the maximum: what slows it down is the others.
 */
export class TenantPace {
  /** Moving averages in milliseconds. */
  readonly #holds = boundedCache<{ ms: number }>({ max: REMEMBERED });
  #latest = { tenantId: '', at: -Infinity };
  /** When a tenant other than the latest one came last. */
  #othersAt = -Infinity;
  #quickest = { tenantId: '', ms: Infinity, at: -Infinity };

  constructor(
    private readonly maxActive: number,
    private readonly now: () => number,
  ) {}

  /** The tenant wants a connection. */
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

  /** Connections that the tenant may hold at a time as things are. */
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
