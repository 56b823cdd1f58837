import { UnavailableError } from '../errors/app-error.js';

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export interface FairQueueLimits {
  /** Tasks that run at a time, all lanes together. Default: any number. */
  readonly concurrency?: number;
  /** Tasks of one lane that run at a time; below `concurrency` a lane can never take everything. */
  readonly concurrencyPerLane: number;
  /** Default: any number. */
  readonly maxWaiting?: number;
  readonly maxWaitingPerLane: number;
}

/**
 * Runs expensive tasks a few at a time, lane by lane in turn, so that one tenant's storm delays the others by a task or two only.
 * Whatever does not fit is refused at once instead of piling up.
 */
export class FairQueue {
  /** In the order of their turn. A lane exists only while it has tasks. */
  private readonly lanes = new Map<string, Lane>();
  private running = 0;
  private waiting = 0;

  private readonly limits: Required<FairQueueLimits>;

  constructor(
    limits: FairQueueLimits,
    private readonly refusal: () => Error = () => new UnavailableError(),
  ) {
    this.limits = { concurrency: Infinity, maxWaiting: Infinity, ...limits };
  }

  /** @throws what `refusal` makes when too many are waiting already. */
  async run<T>(laneName: string, task: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(laneName) ?? { running: 0, waiting: [] };
    const mustWait = lane.waiting.length > 0 || !this.fits(lane);
    if (mustWait && this.isFull(lane)) throw this.refusal();
    if (!mustWait) this.begin(laneName, lane);
    else {
      this.lanes.set(laneName, lane);
      await this.turnOf(lane);
    }
    try {
      return await task();
    } finally {
      this.running -= 1;
      lane.running -= 1;
      this.lanes.delete(laneName);
      // To the end of the line: the free place is another lane's.
      if (lane.running > 0 || lane.waiting.length > 0) this.lanes.set(laneName, lane);
      this.startNext();
    }
  }

  private fits(lane: Lane): boolean {
    return this.running < this.limits.concurrency && lane.running < this.limits.concurrencyPerLane;
  }

  private begin(name: string, lane: Lane): void {
    this.running += 1;
    lane.running += 1;
    this.lanes.delete(name);
    this.lanes.set(name, lane);
  }

  private isFull(lane: Lane): boolean {
    return this.waiting >= this.limits.maxWaiting || lane.waiting.length >= this.limits.maxWaitingPerLane;
  }

  private turnOf(lane: Lane): Promise<void> {
    this.waiting += 1;
    return new Promise((resolve) => lane.waiting.push(resolve));
  }

  private startNext(): void {
    for (const [name, lane] of this.lanes) {
      if (this.running >= this.limits.concurrency) return;
      if (lane.waiting.length === 0 || !this.fits(lane)) continue;
      this.waiting -= 1;
      this.begin(name, lane);
      lane.waiting.shift()?.();
    }
  }
}
