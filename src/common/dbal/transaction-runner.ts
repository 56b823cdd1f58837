import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { isRetryable } from '../prisma/prisma-errors.js';
import type { RunningTransaction, TransactionSlot } from '../prisma/transaction-slot.js';

export interface TransactionOptions {
  isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** How long the work may take before it is undone, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** How long to wait for a connection, in milliseconds. Default 5,000. */
  maxWaitMs?: number;
  /** How often to run the work again after a serialization failure or a deadlock. Default 3. */
  retries?: number;
}

const DEFAULTS = { timeoutMs: 10_000, maxWaitMs: 5000, retries: 3 };
const BACK_OFF_MS = 10;

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
    const { retries, timeoutMs, maxWaitMs } = { ...DEFAULTS, ...options };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#runOnce(fn, {
          isolationLevel: options.isolationLevel,
          timeout: timeoutMs,
          maxWait: maxWaitMs,
        });
      } catch (error) {
        if (attempt > retries || !isRetryable(error)) throw error;
        await delay(BACK_OFF_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /**
   * Runs `fn` as if no transaction ran here: what it saves stays, whatever becomes of the running one.
   * It takes a second connection while the first is held, so never let many do it at once.
   */
  apart<T>(fn: () => Promise<T>): Promise<T> {
    return this.slot.run(undefined, fn);
  }

  /** Runs `fn` once the running transaction is saved, or at once when none runs. Errors are logged: the change stands. */
  afterCommit(fn: () => void | Promise<void>): void {
    const running = this.slot.running;
    if (running) running.afterCommit.push(fn);
    else void this.#runHooks([fn]);
  }

  async #runOnce<T>(
    fn: () => Promise<T>,
    options: { isolationLevel?: TransactionOptions['isolationLevel']; timeout: number; maxWait: number },
  ): Promise<T> {
    const afterCommit: RunningTransaction['afterCommit'] = [];
    const result = await this.client.$transaction(
      (client) =>
        this.slot.run(
          { client: client as RunningTransaction['client'], isolationLevel: options.isolationLevel, afterCommit },
          fn,
        ),
      options,
    );
    await this.#runHooks(afterCommit);
    return result;
  }

  async #runHooks(hooks: RunningTransaction['afterCommit']): Promise<void> {
    for (const hook of hooks) {
      try {
        await hook();
      } catch (error) {
        this.#logger.error({ err: error }, 'Something to be done after a commit failed.');
      }
    }
  }
}
