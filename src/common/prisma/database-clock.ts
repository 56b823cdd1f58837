import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { PrismaService } from './prisma.service.js';

/** An answer that took longer says too little about when the server wrote it, unless there is nothing better for long. */
const GOOD_ANSWER_MS = 50;
const STALE_MS = 30_000;

/** What the server is asked for its time, in milliseconds of the epoch. */
export const DATABASE_TIME = 'extract(epoch FROM clock_timestamp())::float8 * 1000';

interface Sample {
  databaseMs: number;
  /** When that was, by `performance.now()`, and how much later or earlier it may have been. */
  at: number;
  uncertaintyMs: number;
}

/**
 * The time of the database, as far as this process knows: by it everything is judged that one process writes and another compares, such
 * as schedules, deadlines and expiries. The process' own clock may be wrong by any amount, and may jump; between two answers of the
 * server the monotonic clock goes on. Durations are measured with `performance.now()`.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit {
  #sample: Sample | undefined;

  constructor(private readonly prisma: PrismaService) {}

  async onModuleInit(): Promise<void> {
    // Without a database the program does not start, or does so for nothing that depends on the time.
    await this.ask(this.prisma.pool).catch(() => undefined);
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /** In milliseconds of the epoch. */
  nowMs(): number {
    if (!this.#sample) return Date.now();
    return this.#sample.databaseMs + performance.now() - this.#sample.at;
  }

  /** `ms` from now. */
  in(ms: number): Date {
    return new Date(this.nowMs() + ms);
  }

  /** @param databaseMs what the server said its time is, between `askedAt` and `answeredAt` by `performance.now()`. */
  observe(databaseMs: number, askedAt: number, answeredAt: number): void {
    const uncertaintyMs = (answeredAt - askedAt) / 2;
    const isGood = uncertaintyMs <= GOOD_ANSWER_MS || uncertaintyMs <= (this.#sample?.uncertaintyMs ?? Infinity);
    const isNeeded = !this.#sample || answeredAt - this.#sample.at > STALE_MS;
    if (isGood || isNeeded) this.#sample = { databaseMs, at: askedAt + uncertaintyMs, uncertaintyMs };
  }

  private async ask(pool: Pool): Promise<void> {
    const client = await pool.connect();
    try {
      const askedAt = performance.now();
      const { rows } = await client.query<{ now: number }>(`SELECT ${DATABASE_TIME} AS now`);
      this.observe(rows[0]!.now, askedAt, performance.now());
    } finally {
      client.release();
    }
  }
}
