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
}

/** Queries of one tenant that may wait; beyond, they are refused at once, so that a flood cannot fill the memory. */
const MAX_WAITING = 1000;

/** Bounds how many connections one tenant holds at a time, so that a noisy one cannot take them all. */
export class TenantGate {
  readonly #lanes = new Map<string, Lane>();

  constructor(
    private readonly maxActive: number,
    private readonly timeoutMs: number,
  ) {}

  /** Resolves when the tenant may take a connection; `leave` must follow. @throws PoolExhaustedError */
  enter(tenantId: string): Promise<void> | undefined {
    let lane = this.#lanes.get(tenantId);
    if (!lane) this.#lanes.set(tenantId, (lane = { active: 0, waiting: [] }));
    if (lane.active < this.maxActive) {
      lane.active += 1;
      return undefined;
    }
    return this.#wait(lane);
  }

  leave(tenantId: string): void {
    const lane = this.#lanes.get(tenantId);
    if (!lane) throw new Error('A tenant left that never entered.');
    const next = lane.waiting.shift();
    if (next) return next.admit();
    lane.active -= 1;
    if (lane.active === 0) this.#lanes.delete(tenantId);
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
