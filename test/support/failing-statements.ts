import type { INestApplicationContext } from '@nestjs/common';
import { QueryObserver } from '../../src/common/prisma/query-observer.js';

/** What a chosen statement fails with: nothing of the program knows it. */
export class PlannedFailure extends Error {}

/**
 * Makes the program fail at one statement after the other. A statement has done its work when it fails, which is the worst
 * moment: what it wrote is there until somebody undoes it.
 */
export class FailingStatements {
  #countdown = Infinity;

  constructor(app: INestApplicationContext) {
    app.get(QueryObserver).onQuery(({ role }) => {
      if (role !== 'app') return;
      this.#countdown -= 1;
      if (this.#countdown === 0) throw new PlannedFailure('This statement was chosen to fail.');
    });
  }

  /** Runs `fn` with its `n`-th statement failing, from 1, and tells how it ended. */
  async at<T>(n: number, fn: () => Promise<T>): Promise<{ failed: boolean; error?: unknown; result?: T }> {
    this.#countdown = n;
    try {
      return { failed: false, result: await fn() };
    } catch (error) {
      return { failed: true, error };
    } finally {
      this.#countdown = Infinity;
    }
  }
}
