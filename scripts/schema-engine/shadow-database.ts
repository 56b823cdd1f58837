import { randomInt, randomUUID } from 'node:crypto';
import { withDatabase, type ConnectionTarget } from './connection-url.ts';
import { createDatabase, dropDatabase, emptyDatabase, withClient } from './database-admin.ts';
import { PrismaError } from './prisma-errors.ts';

/** An empty database in which the engine replays migrations. */
export interface ShadowDatabase {
  target: ConnectionTarget;
  release: () => Promise<void>;
}

/**
 * Returns an empty shadow database that is certainly not the main one: the given one, or a new one that is dropped on
 * release.
 * @throws PrismaError P3014 if it cannot be created, or the given one is the main database.
 */
export async function acquireShadowDatabase(
  main: ConnectionTarget,
  given: ConnectionTarget | undefined,
): Promise<ShadowDatabase> {
  if (given) {
    await refuseSameDatabase(main, given);
    await emptyDatabase(given);
    return { target: given, release: async () => undefined };
  }
  const target = withDatabase(main, `prisma_migrate_shadow_db_${randomUUID()}`);
  try {
    await createDatabase(target);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PrismaError(
      'P3014',
      `Prisma Migrate could not create the shadow database. Give an empty database in SHADOW_DATABASE_URL, or let the user create databases. ${reason}`,
    );
  }
  return { target, release: () => dropDatabase(target) };
}

/**
 * Emptying the main database would lose all data, and two URLs can name one database in many ways. So the server
 * decides: advisory locks belong to a database, and one that is held there cannot be taken twice.
 */
async function refuseSameDatabase(main: ConnectionTarget, shadow: ConnectionTarget): Promise<void> {
  const key = randomInt(2 ** 47);
  try {
    await withClient(main, async (client) => {
      // In a transaction, so that a pooler cannot lend this session to the other connection.
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [key]);
      const { rows } = await withClient(shadow, (other) =>
        other.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS free', [key]),
      );
      if (!rows[0]?.free) {
        throw new PrismaError(
          'P3014',
          `The shadow database \`${shadow.database}\` is the main database, which would be emptied. Set SHADOW_DATABASE_URL to a different one.`,
        );
      }
    });
  } catch (error) {
    // A missing database cannot be the main one; if the shadow database is missing, emptying it reports that.
    if (!(error instanceof PrismaError) || error.code !== 'P1003') throw error;
  }
}
