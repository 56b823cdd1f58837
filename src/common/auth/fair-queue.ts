import { UnavailableError } from '../errors/app-error.js';

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export interface FairQueueLimits {
  /** Tasks that run at a time, all lanes together. */
  readonly concurrency: number;
  /** Tasks of one lane that run at a time; below `concurrency` a lane can never take everything. */
  readonly concurrencyPerLane: number;
  readonly maxWaiting: number;
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

  constructor(
    private readonly limits: FairQueueLimits,
    private readonly refusal: () => Error = () => new UnavailableError(),
  ) {}

  /** @throws what `refusal` makes when too many are waiting already. */
  async run<T>(laneName: string, task: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(laneName) ?? { running: 0, waiting: [] };
    this.lanes.set(laneName, lane);
    if (lane.waiting.length > 0 || !this.fits(lane)) await this.turnOf(lane);
    else this.begin(lane);
    try {
      return await task();
    } finally {
      this.running -= 1;
      lane.running -= 1;
      if (lane.running === 0 && lane.waiting.length === 0) this.lanes.delete(laneName);
      this.startNext();
    }
  }

  private fits(lane: Lane): boolean {
    return this.running < this.limits.concurrency && lane.running < this.limits.concurrencyPerLane;
  }

  private begin(lane: Lane): void {
    this.running += 1;
    lane.running += 1;
  }

  private turnOf(lane: Lane): Promise<void> {
    if (this.waiting >= this.limits.maxWaiting || lane.waiting.length >= this.limits.maxWaitingPerLane) {
      throw this.refusal();
    }
    this.waiting += 1;
    return new Promise((resolve) => lane.waiting.push(resolve));
  }

  private startNext(): void {
    for (const [name, lane] of this.lanes) {
      if (this.running >= this.limits.concurrency) return;
      if (lane.waiting.length === 0 || !this.fits(lane)) continue;
      this.waiting -= 1;
      this.begin(lane);
      lane.waiting.shift()?.();
      // To the end of the line: the next free place is another lane's.
      this.lanes.delete(name);
      this.lanes.set(name, lane);
    }
  }
}
