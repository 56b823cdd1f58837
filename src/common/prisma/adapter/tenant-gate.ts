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

/**
 * Bounds how many connections one tenant holds at a time, so that a noisy one cannot take them all. While neighbours are there, the
 * bound falls with the time that the tenant keeps connections, down to one: slow queries take the processors of the database from
 * the others even where there are connections enough.
 */
export class TenantGate {
  readonly #lanes = new Map<string, Lane>();
  #latest = { tenantId: '', at: -Infinity };
  /** When a tenant other than the latest one came last. */
  #othersAt = -Infinity;

  constructor(
    private readonly maxActive: number,
    private readonly timeoutMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Resolves when the tenant may take a connection; `leave` must follow. @throws PoolExhaustedError */
  enter(tenantId: string): Promise<void> | undefined {
    this.#note(tenantId);
    let lane = this.#lanes.get(tenantId);
    if (!lane) this.#lanes.set(tenantId, (lane = { active: 0, waiting: [], holdMs: 0 }));
    if (lane.waiting.length > 0 || lane.active >= this.#bound(tenantId, lane)) return this.#wait(lane);
    lane.active += 1;
    return undefined;
  }

  /** @param heldMs how long the tenant had the connection; not given when it never got one. */
  leave(tenantId: string, heldMs?: number): void {
    const lane = this.#lanes.get(tenantId);
    if (!lane) throw new Error('A tenant left that never entered.');
    if (heldMs !== undefined) lane.holdMs += WEIGHT * (Math.min(heldMs, LONGEST_COUNTED_MS) - lane.holdMs);
    lane.active -= 1;
    const bound = lane.waiting.length > 0 ? this.#bound(tenantId, lane) : 0;
    while (lane.active < bound) {
      const next = lane.waiting.shift();
      if (!next) break;
      lane.active += 1;
      next.admit();
    }
    // What a slow tenant was like has to be known when it comes back.
    if (lane.active === 0 && lane.waiting.length === 0 && lane.holdMs < FORGOTTEN_MS) this.#lanes.delete(tenantId);
  }

  #note(tenantId: string): void {
    if (tenantId !== this.#latest.tenantId) {
      this.#othersAt = this.#latest.at;
      this.#latest.tenantId = tenantId;
    }
    this.#latest.at = this.now();
  }

  #bound(tenantId: string, { holdMs }: Lane): number {
    if (holdMs <= SHORT_MS || !this.#hasNeighbours(tenantId)) return this.maxActive;
    return Math.max(1, Math.floor((this.maxActive * SHORT_MS) / holdMs));
  }

  #hasNeighbours(tenantId: string): boolean {
    const neighbourAt = tenantId === this.#latest.tenantId ? this.#othersAt : this.#latest.at;
    return this.now() - neighbourAt < NEIGHBOUR_MS;
  }

  #wait(lane: Lane): Promise<void> {
    if (lane.waiting.length >= MAX_WAITING) {
      return Promise.reject(new PoolExhaustedError('Too many queries of this tenant are waiting for a connection.'));
    }
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
