import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { backOffMs } from '../concurrency/back-off.js';
import { isRetryable, ReadOnlyTransactionError, sqlStateOf } from '../prisma/prisma-errors.js';
import type { RunningTransaction, TransactionHook, TransactionSlot } from '../prisma/transaction-slot.js';
import { type BatchOptions, inBatches } from './in-batches.js';

export interface TransactionOptions {
  isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** Maximum duration before the transaction is rolled back, in milliseconds. Default: 10,000. */
  timeoutMs?: number;
  /** Maximum wait for a connection, in milliseconds. Default: 5,000. */
  maxWaitMs?: number;
  /** Number of retries after a serialization failure or a deadlock. Default: 3. */
  retries?: number;
  /** PostgreSQL rejects writes. Ignored if a transaction is already running. */
  readOnly?: boolean;
}

const DEFAULTS = { timeoutMs: 10_000, maxWaitMs: 5000, retries: 3 };
const PAUSES = { firstMs: 20, spread: true };

/**
 * Transactions of one database role. `fn` receives no client: repositories join the running transaction automatically.
 * `fn` may run more than once; side effects that must happen once, after a commit, belong in `afterCommit`.
 */
export abstract class TransactionRunner {
  readonly #logger = new Logger(this.constructor.name);

  protected constructor(
    private readonly client: PrismaClient,
    private readonly slot: TransactionSlot,
  ) {}

  /** True if a transaction is running in this context. */
  get isActive(): boolean {
    return this.slot.running !== undefined;
  }

  /**
   * Runs `fn` in a transaction, or in the one that is already running.
   * @throws any error of `fn`, after a rollback; TransactionAbortedError when an error inside was swallowed; Error when
   * the running transaction has a different isolation level than requested.
   */
  async transaction<T>(fn: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const running = this.slot.running;
    if (running) {
      if (options.isolationLevel && options.isolationLevel !== running.isolationLevel) {
        throw new Error(
          `A ${running.isolationLevel ?? 'ReadCommitted'} transaction is running; ${options.isolationLevel} cannot join it.`,
        );
      }
      return fn();
    }
    const { retries = DEFAULTS.retries } = options;
    for (let attempt = 1; ; attempt += 1) {
      const afterEnd: TransactionHook[] = [];
      try {
        const result = await this.#runOnce(fn, options, afterEnd);
        await this.#runHooks(afterEnd);
        return result;
      } catch (error) {
        if (attempt > retries || !isRetryable(error)) {
          await this.#runHooks(afterEnd);
          throw error;
        }
        await delay(backOffMs(PAUSES, attempt));
      }
    }
  }

  /**
   * Runs `fn` in a savepoint: if it throws, its writes are rolled back, its `afterCommit` callbacks are dropped, and
   * the caller may catch the error and continue. Without a running transaction it starts one. Savepoints of one
   * transaction run one at a time. Await all other work first: writes that run concurrently with `fn` are rolled back
   * with it.
   * @throws any error of `fn`.
   */
  async savepoint<T>(fn: () => Promise<T>): Promise<T> {
    const running = this.slot.running;
    if (!running) return this.transaction(fn);
    const turn = running.savepoint.then(() => this.#runInside(running, fn));
    running.savepoint = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Processes many items, each batch in its own transaction; inside a running transaction, one batch after the other.
   * After an error no further batch starts; completed batches are kept.
   * @param fn receives the batch; may run more than once.
   * @throws the first error.
   */
  batchProcess<T>(
    items: Iterable<T> | AsyncIterable<T>,
    fn: (batch: T[]) => Promise<void>,
    options: BatchOptions = {},
  ): Promise<void> {
    const maxConcurrency = this.isActive ? 1 : options.maxConcurrency;
    return inBatches(items, (batch) => this.transaction(() => fn(batch)), { ...options, maxConcurrency });
  }

  /**
   * Runs `fn` outside the running transaction: its writes are kept even if the running transaction rolls back. Uses a
   * second connection while the first is held, so never run many of these at once.
   */
  apart<T>(fn: () => Promise<T>): Promise<T> {
    return this.slot.run(undefined, fn);
  }

  /**
   * Runs `fn` after the running transaction commits, or at once if none runs. Errors are only logged, since the change
   * is already saved.
   */
  afterCommit(fn: TransactionHook): void {
    const running = this.slot.running;
    if (running) running.afterCommit.push(fn);
    else void this.#runHooks([fn]);
  }

  /**
   * Runs `fn` after the running transaction has committed or rolled back, outside any transaction; or at once if none
   * runs. After retries, only the last attempt counts. Errors are logged.
   */
  async afterEnd(fn: TransactionHook): Promise<void> {
    const running = this.slot.running;
    if (running) running.afterEnd.push(fn);
    else await this.#runHooks([fn]);
  }

  async #runOnce<T>(fn: () => Promise<T>, options: TransactionOptions, afterEnd: TransactionHook[]): Promise<T> {
    const { timeoutMs, maxWaitMs } = { ...DEFAULTS, ...options };
    const { isolationLevel, readOnly } = options;
    const afterCommit: TransactionHook[] = [];
    const running = this.client.$transaction(
      async (transaction) => {
        const client = transaction as RunningTransaction['client'];
        if (readOnly) await client.$executeRaw`SET TRANSACTION READ ONLY`;
        const savepoint = Promise.resolve();
        return this.slot.run({ client, isolationLevel, afterCommit, afterEnd, savepoint }, fn);
      },
      { isolationLevel, timeout: timeoutMs, maxWait: maxWaitMs },
    );
    const result = await (readOnly ? running.catch(refuseWrites) : running);
    await this.#runHooks(afterCommit);
    return result;
  }

  async #runInside<T>(outer: RunningTransaction, fn: () => Promise<T>): Promise<T> {
    const { client } = outer;
    const inner: RunningTransaction = { ...outer, afterCommit: [], savepoint: Promise.resolve() };
    // One name for all savepoints: PostgreSQL uses the innermost of equal names.
    await client.$executeRaw`SAVEPOINT tenantry`;
    try {
      const result = await this.slot.run(inner, fn);
      await client.$executeRaw`RELEASE SAVEPOINT tenantry`;
      outer.afterCommit.push(...inner.afterCommit);
      return result;
    } catch (error) {
      await client.$executeRaw`ROLLBACK TO SAVEPOINT tenantry`;
      await client.$executeRaw`RELEASE SAVEPOINT tenantry`;
      throw error;
    }
  }

  async #runHooks(hooks: TransactionHook[]): Promise<void> {
    for (const hook of hooks) {
      try {
        await hook();
      } catch (error) {
        this.#logger.error({ err: error }, 'An action after a transaction failed.');
      }
    }
  }
}

function refuseWrites(error: unknown): never {
  throw sqlStateOf(error) === '25006' ? new ReadOnlyTransactionError(error) : error;
}
