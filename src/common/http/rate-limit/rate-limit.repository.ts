import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../prisma/platform-prisma.service.js';
import type { WindowCount } from './window-counters.js';

/** The combined counts of all processes. */
@Injectable()
export class RateLimitRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  /**
   * Adds the counts and returns the new totals of the same keys, in one statement. Each pair of key and window may
   * occur only once.
   */
  async add(counts: readonly WindowCount[]): Promise<WindowCount[]> {
    // Sorted, so that two processes lock the rows in the same order.
    const sorted = [...counts].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.windowStart - b.windowStart));
    const keys = sorted.map(({ key }) => key);
    const windows = sorted.map(({ windowStart }) => new Date(windowStart));
    const amounts = sorted.map(({ count }) => BigInt(count));
    const rows = await this.prisma.$queryRaw<{ key: string; window_start: Date; count: bigint }[]>`
      INSERT INTO rate_limit_counters AS counters (key, window_start, count)
      SELECT * FROM unnest(${keys}::text[], ${windows}::timestamptz[], ${amounts}::bigint[])
      ON CONFLICT (key, window_start) DO UPDATE SET count = counters.count + excluded.count
      RETURNING key, window_start, count`;
    return rows.map((row) => ({ key: row.key, windowStart: row.window_start.getTime(), count: Number(row.count) }));
  }

  async deleteBefore(windowStart: Date): Promise<void> {
    await this.prisma.rateLimitCounter.deleteMany({ where: { windowStart: { lt: windowStart } } });
  }
}
