/*
 * Prisma returns a lazy promise built as an object literal with a getter. V8 gives each such literal its own hidden
 * class, which retains the getter, and through it the query's result, until the next full garbage collection. This
 * halves Prisma's speed and causes most of the heap growth under load. The promises made here behave the same without a
 * getter, so their hidden class is created once.
 *
 * This uses private API of an exactly pinned Prisma. If it differs from what is expected, Prisma's own promises are
 * kept.
 */

interface TransactionInfo {
  readonly kind: 'itx' | 'batch';
}

type Start = (transaction: TransactionInfo | undefined) => PromiseLike<unknown>;

/** `$transaction([…])` starts its members through this method. */
interface Requestable extends Promise<unknown> {
  requestTransaction?(transaction: TransactionInfo): Promise<unknown>;
}

type Factory = (this: Client, start: Start, spec?: unknown) => object;

interface Client {
  _createPrismaPromise: Factory;
  _createItxClient: (this: unknown, ...args: unknown[]) => Client;
  /** Set on the client of an interactive transaction. */
  [SCOPE]?: { txId: string };
}

const SCOPE = Symbol.for('prisma.client.transaction.scope_context');
const KEYS = ['spec', 'then', 'catch', 'finally', 'requestTransaction', Symbol.toStringTag];

/**
 * Makes the client's queries, including those in interactive transactions, return light promises. Returns whether it
 * succeeded.
 */
export function lightenPromises(client: object): boolean {
  const prisma = client as Client;
  if (!isAsExpected(prisma)) return false;
  const createItxClient = prisma._createItxClient;
  prisma._createPrismaPromise = createLazyPromise;
  prisma._createItxClient = function (...args) {
    const transaction = createItxClient.apply(this, args);
    transaction._createPrismaPromise = createLazyPromise;
    return transaction;
  };
  return true;
}

function isAsExpected(client: Client): boolean {
  const methods: unknown[] = [client._createPrismaPromise, client._createItxClient];
  if (!methods.every((method) => typeof method === 'function')) return false;
  const keys = Reflect.ownKeys(client._createPrismaPromise(() => Promise.resolve()));
  return keys.length === KEYS.length && KEYS.every((key) => keys.includes(key));
}

function createLazyPromise(this: Client, start: Start, spec?: unknown): object {
  const scope = this[SCOPE];
  const own = scope && { kind: 'itx' as const, id: scope.txId, payload: undefined };
  let started: Requestable | undefined;
  const run = (transaction: TransactionInfo | undefined = own): Requestable => {
    try {
      // In a batch each attempt is a separate request; any other query is sent once, however often it is awaited.
      if (transaction?.kind === 'batch') return promised(start(transaction));
      return (started ??= promised(start(transaction)));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };
  return {
    spec,
    then: (...handlers: Parameters<Promise<unknown>['then']>) => run().then(...handlers),
    catch: (handler: Parameters<Promise<unknown>['catch']>[0]) => run().catch(handler),
    finally: (handler: Parameters<Promise<unknown>['finally']>[0]) => run().finally(handler),
    requestTransaction(transaction: TransactionInfo) {
      const request = run(transaction);
      return request.requestTransaction?.(transaction) ?? request;
    },
    [Symbol.toStringTag]: 'PrismaPromise',
  };
}

function promised(value: PromiseLike<unknown>): Requestable {
  return typeof value.then === 'function' ? (value as Requestable) : Promise.resolve(value);
}
