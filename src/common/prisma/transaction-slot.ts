import { ClsServiceManager } from 'nestjs-cls';
import type { PrismaClient } from '../../generated/prisma/client.js';

type JoinableClient = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$extends'>;

export interface RunningTransaction {
  readonly client: JoinableClient;
  readonly isolationLevel: string | undefined;
  /** Called after the commit. */
  readonly afterCommit: TransactionHook[];
  /** Called after the end, committed or not. */
  readonly afterEnd: TransactionHook[];
  /** Settles when the last savepoint is released; savepoints run one at a time. */
  savepoint: Promise<unknown>;
}

export type TransactionHook = () => void | Promise<void>;

/** Holds the running transaction of one database role in the context store. */
export class TransactionSlot {
  readonly #key: symbol;

  constructor(
    description: string,
    /** The slot of tenant transactions, so that entering another tenant clears it. */
    key: symbol = Symbol(description),
  ) {
    this.#key = key;
  }

  get running(): RunningTransaction | undefined {
    const cls = ClsServiceManager.getClsService();
    return cls.isActive() ? (cls.get() as Record<symbol, RunningTransaction>)[this.#key] : undefined;
  }

  /** Runs `fn` in its own context, with `transaction` as the running one. */
  run<T>(transaction: RunningTransaction | undefined, fn: () => Promise<T>): Promise<T> {
    const cls = ClsServiceManager.getClsService();
    return cls.run({ ifNested: 'inherit' }, async () => {
      (cls.get() as Record<symbol, RunningTransaction | undefined>)[this.#key] = transaction;
      return await fn();
    });
  }
}
