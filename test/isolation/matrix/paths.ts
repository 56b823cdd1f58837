import type { Prisma } from '../../../src/generated/prisma/client.js';
import type { TenancyHarness } from '../tenancy-harness.js';
import type { AnyClient } from './operations.js';

type Run = (client: AnyClient) => Prisma.PrismaPromise<unknown>;

/** The ways in which a query can reach the database. */
export const PATHS: Record<string, (harness: TenancyHarness, run: Run) => Promise<unknown>> = {
  autocommit: async ({ prisma }, run) => run(prisma as unknown as AnyClient),
  batch: async ({ prisma }, run) => (await prisma.$transaction([run(prisma as unknown as AnyClient)]))[0],
  interactive: ({ prisma }, run) => prisma.$transaction(async (tx) => run(tx as unknown as AnyClient)),
  nested: ({ prisma }, run) =>
    prisma.$transaction((tx) => tx.$transaction(async (inner) => run(inner as unknown as AnyClient))),
  'repeatable read': ({ prisma }, run) =>
    prisma.$transaction(async (tx) => run(tx as unknown as AnyClient), { isolationLevel: 'RepeatableRead' }),
  DBAL: ({ prisma, dbal }, run) => dbal.transaction(async () => run(prisma as unknown as AnyClient)),
};
