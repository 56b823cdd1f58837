import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { type QueryEvent, QueryObserver } from '../prisma/query-observer.js';
import { truncate } from '../values/text-length.js';

const LOGGED_PER_WINDOW = 20;
const LOG_WINDOW_MS = 10_000;
const LOGGED_SQL_LENGTH = 2000;

/** Query figures of this process since it started, and a log line for each slow query, limited in number. */
@Injectable()
export class QueryStatistics {
  private readonly logger = new Logger('SlowQuery');
  private total = 0;
  private slow = 0;
  private durationMs = 0;
  private window = { start: 0, logged: 0, suppressed: 0 };

  constructor(
    private readonly config: Config,
    observer: QueryObserver,
  ) {
    observer.onQuery((event) => this.count(event));
  }

  get totalQueries(): number {
    return this.total;
  }

  /** Number of queries slower than SLOW_QUERY_THRESHOLD_MS. */
  get slowQueries(): number {
    return this.slow;
  }

  /** 0 if there were no queries. */
  get averageQueryTimeMs(): number {
    return this.total === 0 ? 0 : this.durationMs / this.total;
  }

  isSlow(event: QueryEvent): boolean {
    return event.durationMs > this.config.SLOW_QUERY_THRESHOLD_MS;
  }

  private count(event: QueryEvent): void {
    this.total += 1;
    this.durationMs += event.durationMs;
    if (!this.isSlow(event)) return;
    this.slow += 1;
    this.log(event);
  }

  private log({ sql, durationMs, role }: QueryEvent): void {
    const now = performance.now();
    if (now - this.window.start > LOG_WINDOW_MS) {
      const { suppressed } = this.window;
      if (suppressed > 0) this.logger.warn({ suppressed }, 'More slow queries were not logged');
      this.window = { start: now, logged: 0, suppressed: 0 };
    }
    if (this.window.logged === LOGGED_PER_WINDOW) {
      this.window.suppressed += 1;
      return;
    }
    this.window.logged += 1;
    this.logger.warn({ durationMs: Math.round(durationMs), role, sql: truncate(sql, LOGGED_SQL_LENGTH) }, 'Slow query');
  }
}
