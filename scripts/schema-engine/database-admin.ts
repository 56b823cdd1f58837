import pg from 'pg';
import { withDatabase, type ConnectionTarget } from './connection-url.ts';
import { PrismaError, toPrismaError } from './prisma-errors.ts';

/** Connects and leaves. @throws PrismaError with the reason. */
export async function checkConnection(target: ConnectionTarget): Promise<void> {
  await withClient(target, (client) => client.query('SELECT 1'));
}

/** @throws PrismaError P1009 when it exists, P1010 when the role may not. */
export async function createDatabase(target: ConnectionTarget): Promise<void> {
  await withMaintenanceClient(target, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(target.database)}`),
  );
}

/** Ends the sessions in it, too. @throws PrismaError P1003 when there is none, P1010 when the role may not. */
export async function dropDatabase(target: ConnectionTarget): Promise<void> {
  await withMaintenanceClient(target, (client) =>
    client.query(`DROP DATABASE ${client.escapeIdentifier(target.database)} WITH (FORCE)`),
  );
}

/**
 * Leaves nothing but an empty `public`: drops every schema that the role owns, with all that is in it.
 * Prisma would only empty the schemas it knows; objects that migrations made elsewhere would stop the next run.
 * @throws Error naming the schemas that belong to others, before anything is dropped.
 */
export async function emptyDatabase(target: ConnectionTarget): Promise<void> {
  await withClient(target, async (client) => {
    const { rows } = await client.query<{ name: string; mine: boolean }>(
      `SELECT nspname AS name, pg_has_role(nspowner, 'USAGE') AS mine FROM pg_namespace
       WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'`,
    );
    if (rows.some(({ name, mine }) => name === 'public' && !mine)) {
      throw new PrismaError(
        'P1010',
        `User \`${target.user}\` must own the database \`${target.database}\` or its schema public to empty it.`,
      );
    }
    const drops = rows
      .filter(({ mine }) => mine)
      .map(({ name }) => `DROP SCHEMA ${client.escapeIdentifier(name)} CASCADE;`);
    // One message is one transaction: all of it or nothing.
    await client.query(`${drops.join('\n')}\nCREATE SCHEMA public;`);
  });
}

/** Runs `work` on one connection of its own. */
export async function withClient<T>(target: ConnectionTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { connectionString, connectionTimeoutMillis } = target;
  const client = new pg.Client({ connectionString, connectionTimeoutMillis });
  // A connection that the server ends while it is idle must not end the process: the next query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toPrismaError(error, target);
  } finally {
    await client.end();
  }
}

/** A database cannot be made or dropped from inside; `postgres` is the customary place, `template1` exists always. */
async function withMaintenanceClient<T>(target: ConnectionTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let found = 'postgres';
  try {
    await checkConnection(withDatabase(target, found));
  } catch (error) {
    if (!(error instanceof PrismaError) || error.code !== 'P1003') throw error;
    found = 'template1';
  }
  return withClient({ ...withDatabase(target, found) }, async (client) => {
    try {
      return await work(client);
    } catch (error) {
      throw toPrismaError(error, target);
    }
  });
}
