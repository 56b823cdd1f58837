import { boundedCache } from '../../caching/bounded-cache.js';

/** The database has no connection to give in time. Has no `code`: Prisma would wrap it. */
export class PoolExhaustedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PoolExhaustedError';
  }
}

interface Waiter {
  admit: () => void;
  refuse: (error: Error) => void;
}

interface Lane {
  active: number;
  waiting: Waiter[];
  /** How long the tenant keeps a connection: a moving average in milliseconds. */
  holdMs: number;
  /** When a connection was last given to the tenant, or given back. */
  movedAt: number;
  /** Connections beyond the lowered bound: one while another is held for long. */
  spare: 0 | 1;
  /** Looks again, while anyone waits. */
  timer?: NodeJS.Timeout;
}

/** Queries of one tenant that may wait; beyond, they are refused at once, so that a flood cannot fill the memory. */
const MAX_WAITING = 1000;
/** A tenant that keeps connections no longer than this, in milliseconds, is in nobody's way. */
const SHORT_MS = 5;
/** An average below this is not kept for a tenant that is away. */
const FORGOTTEN_MS = 1;
/** One hold counts no more than this: now and then a report must not make a tenant slow, only one after the other. */
const LONGEST_COUNTED_MS = 40;
/** Share of the latest hold in the average. */
const WEIGHT = 0.2;
/** For how long after its last query, in milliseconds, a tenant counts as a neighbour. */
const NEIGHBOUR_MS = 1000;
/** After this long without any connection given or taken back, in milliseconds, a tenant that waits gets one more. */
const STANDSTILL_MS = 1000;
/** Tenants that are away and whose average is kept: a process may see any number of them. */
const REMEMBERED = 5000;

/**
 * Bounds how many connections one tenant holds at a time, so that a noisy one cannot take them all. While neighbours are there, the
 * bound falls with the time that the tenant keeps connections, down to one: slow queries take the processors of the database from
 * the others even where there are connections enough. Never does a single connection that is held for long, as by a report or by a
 * transaction whose work needs a second one, keep everything else of its tenant waiting.
 */
export class TenantGate {
  readonly #lanes = new Map<string, Lane>();
  /** `holdMs` of tenants that are away. */
  readonly #remembered = boundedCache<number>({ max: REMEMBERED });
  readonly #standstillMs: number;
  #latest = { tenantId: '', at: -Infinity };
  /** When a tenant other than the latest one came last. */
  #othersAt = -Infinity;

  constructor(
    private readonly maxActive: number,
    private readonly timeoutMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#standstillMs = Math.min(STANDSTILL_MS, timeoutMs / 2);
  }

  /** Resolves when the tenant may take a connection; `leave` must follow. @throws PoolExhaustedError */
  enter(tenantId: string): Promise<void> | undefined {
    this.#note(tenantId);
    const lane = this.#laneOf(tenantId);
    this.#admit(tenantId, lane);
    if (lane.waiting.length > 0 || lane.active >= this.#bound(tenantId, lane)) return this.#wait(tenantId, lane);
    this.#take(lane);
    return undefined;
  }

  /** @param heldMs how long the tenant had the connection; not given when it never got one. */
  leave(tenantId: string, heldMs?: number): void {
    const lane = this.#lanes.get(tenantId);
    if (!lane) throw new Error('A tenant left that never entered.');
    if (heldMs !== undefined) lane.holdMs += WEIGHT * (Math.min(heldMs, LONGEST_COUNTED_MS) - lane.holdMs);
    if (heldMs === undefined || heldMs >= this.#standstillMs) lane.spare = 0;
    lane.active -= 1;
    lane.movedAt = this.now();
    this.#admit(tenantId, lane);
    if (lane.active === 0) this.#forget(tenantId, lane);
  }

  #laneOf(tenantId: string): Lane {
    let lane = this.#lanes.get(tenantId);
    if (!lane) {
      const holdMs = this.#remembered.get(tenantId) ?? 0;
      this.#lanes.set(tenantId, (lane = { active: 0, waiting: [], holdMs, movedAt: 0, spare: 0 }));
    }
    return lane;
  }

  /** Nobody holds a connection, so nobody waits. What a slow tenant was like has to be known when it comes back. */
  #forget(tenantId: string, { holdMs, timer }: Lane): void {
    clearTimeout(timer);
    this.#lanes.delete(tenantId);
    if (holdMs >= FORGOTTEN_MS) this.#remembered.set(tenantId, holdMs);
    else this.#remembered.delete(tenantId);
  }

  #take(lane: Lane): void {
    lane.active += 1;
    lane.movedAt = this.now();
  }

  /** Lets in who waits, in their order, as far as the bound allows by now. */
  #admit(tenantId: string, lane: Lane): void {
    if (lane.waiting.length === 0) return;
    const bound = this.#bound(tenantId, lane);
    while (lane.active < bound) {
      const next = lane.waiting.shift();
      if (!next) return;
      this.#take(lane);
      next.admit();
    }
  }

  /** While nothing comes back nobody else would notice that a connection is held for long, or that the neighbours have gone. */
  #lookLater(tenantId: string, lane: Lane): void {
    lane.timer = setTimeout(() => {
      lane.timer = undefined;
      if (this.now() - lane.movedAt >= this.#standstillMs) lane.spare = 1;
      this.#admit(tenantId, lane);
      if (lane.waiting.length > 0) this.#lookLater(tenantId, lane);
    }, this.#standstillMs / 2);
  }

  #note(tenantId: string): void {
    if (tenantId !== this.#latest.tenantId) {
      this.#othersAt = this.#latest.at;
      this.#latest.tenantId = tenantId;
    }
    this.#latest.at = this.now();
  }

  #bound(tenantId: string, { holdMs, spare }: Lane): number {
    if (holdMs <= SHORT_MS || !this.#hasNeighbours(tenantId)) return this.maxActive;
    return Math.min(this.maxActive, Math.max(1, Math.floor((this.maxActive * SHORT_MS) / holdMs)) + spare);
  }

  #hasNeighbours(tenantId: string): boolean {
    const neighbourAt = tenantId === this.#latest.tenantId ? this.#othersAt : this.#latest.at;
    return this.now() - neighbourAt < NEIGHBOUR_MS;
  }

  #wait(tenantId: string, lane: Lane): Promise<void> {
    if (lane.waiting.length >= MAX_WAITING) {
      return Promise.reject(new PoolExhaustedError('Too many queries of this tenant are waiting for a connection.'));
    }
    if (!lane.timer) this.#lookLater(tenantId, lane);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        lane.waiting.splice(lane.waiting.indexOf(waiter), 1);
        waiter.refuse(new PoolExhaustedError('No connection became free in time for this tenant.'));
      }, this.timeoutMs);
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: reject,
      };
      lane.waiting.push(waiter);
    });
  }
}
