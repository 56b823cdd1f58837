import { TenantPace } from './tenant-pace.js';

/** No database connection became available in time. Has no `code`, because Prisma would then wrap it. */
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
  /** When the tenant last acquired or released a connection. */
  movedAt: number;
  /** Connections allowed beyond a lowered limit: one while another is held for long. */
  spare: 0 | 1;
  /** Checks again while queries are waiting. */
  timer?: NodeJS.Timeout;
}

/** Maximum waiting queries of one tenant; more are rejected at once, so that a flood cannot fill the memory. */
const MAX_WAITING = 1000;
/** A waiting tenant gets one more connection after this time without any acquired or released, in milliseconds. */
const STANDSTILL_MS = 1000;

/**
 * Limits how many connections one tenant holds, so that a busy tenant cannot take them all; see TenantPace. A single
 * connection that is held for long, such as by a report or by a transaction whose work needs a second one, never blocks
 * the tenant's other queries.
 */
export class TenantGate {
  readonly #lanes = new Map<string, Lane>();
  readonly #pace: TenantPace;
  readonly #standstillMs: number;

  constructor(
    private readonly maxActive: number,
    private readonly timeoutMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#pace = new TenantPace(maxActive, now);
    this.#standstillMs = Math.min(STANDSTILL_MS, timeoutMs / 2);
  }

  /**
   * Resolves when the tenant may acquire a connection; the caller must then call `leave`. @throws PoolExhaustedError
   */
  enter(tenantId: string): Promise<void> | undefined {
    this.#pace.came(tenantId);
    let lane = this.#lanes.get(tenantId);
    if (!lane) this.#lanes.set(tenantId, (lane = { active: 0, waiting: [], movedAt: 0, spare: 0 }));
    this.#admit(tenantId, lane);
    if (lane.waiting.length > 0 || lane.active >= this.#bound(tenantId, lane)) return this.#wait(tenantId, lane);
    this.#take(lane);
    return undefined;
  }

  /** @param heldMs how long the connection was held; undefined if none was acquired. */
  leave(tenantId: string, heldMs?: number): void {
    const lane = this.#lanes.get(tenantId);
    if (!lane) throw new Error('A tenant left the gate without entering it.');
    if (heldMs !== undefined) this.#pace.held(tenantId, heldMs);
    if (heldMs === undefined || heldMs >= this.#standstillMs) lane.spare = 0;
    lane.active -= 1;
    lane.movedAt = this.now();
    this.#admit(tenantId, lane);
    // No connection is held, so no query is waiting.
    if (lane.active > 0) return;
    clearTimeout(lane.timer);
    this.#lanes.delete(tenantId);
  }

  #bound(tenantId: string, { spare }: Lane): number {
    return Math.min(this.maxActive, this.#pace.boundOf(tenantId) + spare);
  }

  #take(lane: Lane): void {
    lane.active += 1;
    lane.movedAt = this.now();
  }

  /** Admits waiting queries in order, up to the current limit. */
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

  /**
   * While no connection is released, only a timer can notice that one is held for long or that other tenants have
   * become idle.
   */
  #lookLater(tenantId: string, lane: Lane): void {
    lane.timer = setTimeout(() => {
      lane.timer = undefined;
      if (this.now() - lane.movedAt >= this.#standstillMs) lane.spare = 1;
      this.#admit(tenantId, lane);
      if (lane.waiting.length > 0) this.#lookLater(tenantId, lane);
    }, this.#standstillMs / 2);
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
