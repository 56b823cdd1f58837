import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

const RESOLUTION_MS = 20;
const WINDOW_MS = 60_000;
const NANOSECONDS = 1e6;

/** Measures the event loop delay of the last one to two minutes. */
@Injectable()
export class EventLoopMonitor implements OnModuleDestroy {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout;
  private previousMs = 0;

  constructor() {
    this.delay.enable();
    this.timer = setInterval(() => this.rotate(), WINDOW_MS);
    this.timer.unref();
  }

  /**
   * The 99th percentile in milliseconds: one request in a hundred waited at least this long before processing started.
   */
  get p99Ms(): number {
    return Math.max(this.previousMs, this.currentMs());
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }

  private rotate(): void {
    this.previousMs = this.currentMs();
    this.delay.reset();
  }

  private currentMs(): number {
    // The histogram includes the interval of its own sampling timer.
    return Math.max(0, this.delay.percentile(99) / NANOSECONDS - RESOLUTION_MS);
  }
}
