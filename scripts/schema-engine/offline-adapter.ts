import { ColumnTypeEnum, type SqlDriverAdapter, type SqlResultSet } from '@prisma/driver-adapter-utils';

/** If there is no server, SQL is written for the oldest supported version. */
const OLDEST_SUPPORTED = 15;

/**
 * An adapter for commands that only compare files. The engine queries the version of its database before it knows
 * whether the command needs one: that query is answered here, and every other one fails with `reason`.
 */
export function offlineAdapter(reason: string): SqlDriverAdapter {
  const refuse = async (): Promise<never> => {
    throw new Error(reason);
  };
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    queryRaw: ({ sql }) => (sql.includes('numeric_version') ? greeting() : refuse()),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    dispose: async () => undefined,
  };
}

async function greeting(): Promise<SqlResultSet> {
  return {
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, `PostgreSQL ${OLDEST_SUPPORTED}`, OLDEST_SUPPORTED * 10_000]],
  };
}
