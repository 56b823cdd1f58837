import { Prisma } from '../../generated/prisma/client.js';
import type { TransactionSlot } from './transaction-slot.js';

const JOINED = new Set<string | symbol>([
  ...Object.keys(Prisma.ModelName).map((model) => model[0]!.toLowerCase() + model.slice(1)),
  '$queryRaw',
  '$executeRaw',
  '$queryRawUnsafe',
  '$executeRawUnsafe',
  '$transaction',
]);

/**
 * Wraps a client so that its queries join the running transaction, if there is one. Repositories need no code for it.
 */
export function joinTransaction<T extends object>(client: T, slot: TransactionSlot): T {
  return new Proxy(client, {
    get(target, property, receiver) {
      const transaction = JOINED.has(property) ? slot.running : undefined;
      if (!transaction) return Reflect.get(target, property, receiver) as unknown;
      const joined = Reflect.get(transaction.client, property) as unknown;
      return typeof joined === 'function' ? (joined.bind(transaction.client) as unknown) : joined;
    },
  });
}
