import { UnavailableError } from '../errors/app-error.js';

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export interface FairQueueLimits {
  /** Maximum tasks running at once, all lanes together. Default: unlimited. */
  readonly concurrency?: number;
  /** Maximum tasks of one lane running at once. Below `concurrency`, no lane can use the whole capacity. */
  readonly concurrencyPerLane: number;
  /** Default: unlimited. */
  readonly maxWaiting?: number;
  readonly maxWaitingPerLane: number;
}

/**
 * Limits concurrency of expensive tasks and takes lanes in turn, so that a burst from one tenant delays the others by
 * only a task or two. Work beyond the limits is rejected at once rather than piling up.
 */
export class FairQueue {
  /** In order of their turn. A lane exists only while it has tasks. */
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

  /** @throws the error made by `refusal` when too many tasks are already waiting. */
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
      // Move the lane to the end of the queue, so that the free slot goes to another lane.
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
