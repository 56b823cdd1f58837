import { ClsServiceManager } from 'nestjs-cls';
import type { PrismaClient } from '../../generated/prisma/client.js';

type JoinableClient = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$extends'>;

export interface RunningTransaction {
  readonly client: JoinableClient;
  readonly isolationLevel: string | undefined;
  /** For when it is saved. */
  readonly afterCommit: TransactionHook[];
  /** For when it has ended, saved or not. */
  readonly afterEnd: TransactionHook[];
  /** Ends when the last savepoint so far is released: one at a time. */
  savepoint: Promise<unknown>;
}

export type TransactionHook = () => void | Promise<void>;

/** Where one database role's running transaction lives in the context store. */
export class TransactionSlot {
  readonly #key: symbol;

  constructor(
    description: string,
    /** Where tenant-bound transactions register, so that entering another tenant leaves them behind. */
    key: symbol = Symbol(description),
  ) {
    this.#key = key;
  }

  get running(): RunningTransaction | undefined {
    const cls = ClsServiceManager.getClsService();
    return cls.isActive() ? (cls.get() as Record<symbol, RunningTransaction>)[this.#key] : undefined;
  }

  /** Runs `fn` in a context of its own in which `transaction` is the running one. */
  run<T>(transaction: RunningTransaction | undefined, fn: () => Promise<T>): Promise<T> {
    const cls = ClsServiceManager.getClsService();
    return cls.run({ ifNested: 'inherit' }, async () => {
      (cls.get() as Record<symbol, RunningTransaction | undefined>)[this.#key] = transaction;
      return await fn();
    });
  }
}
