import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DrainService } from '../drain.service.js';
import { RateLimitRepository } from './rate-limit.repository.js';
import { WindowClock } from './window-clock.js';
import { type WindowCount, type WindowCounters, WINDOW_MS } from './window-counters.js';

const INTERVAL_MS = 1000;
/** Keys per statement; the rest follows in the next turn. */
const MAX_KEYS_PER_TURN = 5000;
/** Clocks of processes may differ slightly, so windows are kept longer than they count. */
const KEEP_MS = 5 * WINDOW_MS;

/**
 * Adds this process' counts to those of the others about once a second, in the background. Without the database each
 * process counts for itself: no request waits for this or fails because of it.
 */
@Injectable()
export class RateLimitSync implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RateLimitSync.name);
  private readonly counters: WindowCounters[] = [];
  private timer?: NodeJS.Timeout;
  private turn?: Promise<void>;
  private sweptWindow = 0;
  private failing = false;

  constructor(
    private readonly repository: RateLimitRepository,
    private readonly clock: WindowClock,
    drain: DrainService,
  ) {
    drain.onDrain(() => this.stop());
  }

  /** Adds counters to reconcile. Keys of different counters must differ. */
  add(counters: WindowCounters): void {
    this.counters.push(counters);
  }

  onApplicationBootstrap(): void {
    // Jittered, so that processes started together do not flush together.
    this.timer = setInterval(() => void this.flush(), INTERVAL_MS + Math.floor(Math.random() * 100));
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Reports pending counts and reads the totals. Never rejects; joins a flush that is already running. */
  flush(): Promise<void> {
    this.turn ??= this.report().finally(() => (this.turn = undefined));
    return this.turn;
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async report(): Promise<void> {
    let room = MAX_KEYS_PER_TURN;
    const drained: [WindowCounters, WindowCount[]][] = [];
    for (const counters of this.counters) {
      const counts = counters.drain(room);
      room -= counts.length;
      if (counts.length > 0) drained.push([counters, counts]);
    }
    try {
      if (drained.length > 0) {
        const totals = await this.repository.add(drained.flatMap(([, counts]) => counts));
        for (const [counters] of drained) counters.reconcile(totals);
      }
      await this.sweep();
      if (this.failing) this.logger.log('Rate limits are shared between processes again');
      this.failing = false;
    } catch (error) {
      for (const [counters, counts] of drained) counters.putBack(counts);
      if (!this.failing) this.logger.warn({ err: error }, 'Rate limits are not shared between processes for now');
      this.failing = true;
    }
  }

  /** Runs once per window, in memory and in the database. */
  private async sweep(): Promise<void> {
    const now = this.clock.now();
    const window = now - (now % WINDOW_MS);
    if (window === this.sweptWindow) return;
    for (const counters of this.counters) counters.sweep();
    await this.repository.deleteBefore(new Date(window - KEEP_MS));
    this.sweptWindow = window;
  }
}
