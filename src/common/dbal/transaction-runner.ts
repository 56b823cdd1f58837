import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { backOffMs } from '../concurrency/back-off.js';
import { isRetryable, ReadOnlyTransactionError, sqlStateOf } from '../prisma/prisma-errors.js';
import type { RunningTransaction, TransactionHook, TransactionSlot } from '../prisma/transaction-slot.js';
import { type BatchOptions, inBatches } from './in-batches.js';

export interface TransactionOptions {
  isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** How long the work may take before it is undone, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** How long to wait for a connection, in milliseconds. Default 5,000. */
  maxWaitMs?: number;
  /** How often to run the work again after a serialization failure or a deadlock. Default 3. */
  retries?: number;
  /** PostgreSQL refuses writes. Has no effect where a transaction is running already. */
  readOnly?: boolean;
}

const DEFAULTS = { timeoutMs: 10_000, maxWaitMs: 5000, retries: 3 };
const PAUSES = { firstMs: 20, spread: true };

/**
 * Transactions of one database role. `fn` takes no client: repositories join the running transaction by themselves.
 * It may run more than once; what must happen once, and only if it was saved, goes into `afterCommit`.
 */
export abstract class TransactionRunner {
  readonly #logger = new Logger(this.constructor.name);

  protected constructor(
    private readonly client: PrismaClient,
    private readonly slot: TransactionSlot,
  ) {}

  /** Whether a transaction is running in this context. */
  get isActive(): boolean {
    return this.slot.running !== undefined;
  }

  /**
   * Runs `fn` in a transaction, or in the one that is already running.
   * @throws whatever `fn` throws, after everything was undone; TransactionAbortedError when an error inside was swallowed;
   * Error when a running transaction has another isolation level than the one asked for.
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
   * Runs `fn` in a part of the transaction that can fail alone: when it throws, what it wrote is undone, its `afterCommit` is
   * forgotten, and the caller may catch the error and go on. Without a running transaction it is one of its own.
   * Savepoints of one transaction take turns. Await everything else before: what runs beside `fn` is undone with it.
   * @throws whatever `fn` throws.
   */
  async savepoint<T>(fn: () => Promise<T>): Promise<T> {
    const running = this.slot.running;
    if (!running) return this.transaction(fn);
    const turn = running.savepoint.then(() => this.#runInside(running, fn));
    running.savepoint = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Works through many items, each batch in a transaction of its own (in the running one if there is one: then one by one).
   * After an error no further batch is begun; batches that have finished stay.
   * @param fn gets the batch; it may run more than once.
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
   * Runs `fn` as if no transaction ran here: what it saves stays, whatever becomes of the running one.
   * It takes a second connection while the first is held, so never let many do it at once.
   */
  apart<T>(fn: () => Promise<T>): Promise<T> {
    return this.slot.run(undefined, fn);
  }

  /** Runs `fn` once the running transaction is saved, or at once when none runs. Errors are logged: the change stands. */
  afterCommit(fn: TransactionHook): void {
    const running = this.slot.running;
    if (running) running.afterCommit.push(fn);
    else void this.#runHooks([fn]);
  }

  /**
   * Runs `fn` once the running transaction has ended, saved or not, in no transaction; or at once when none runs.
   * When the work is run again after a conflict, only its last run counts. Errors are logged.
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
    // One name for all: PostgreSQL takes the innermost of equal names.
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
