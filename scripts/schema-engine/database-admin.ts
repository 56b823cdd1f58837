import pg from 'pg';
import { withDatabase, type ConnectionTarget } from './connection-url.ts';
import { PrismaError, toPrismaError } from './prisma-errors.ts';

/** Connects and disconnects. @throws PrismaError with the reason. */
export async function checkConnection(target: ConnectionTarget): Promise<void> {
  await withClient(target, (client) => client.query('SELECT 1'));
}

/** @throws PrismaError P1009 if it exists, P1010 if the role lacks the right. */
export async function createDatabase(target: ConnectionTarget): Promise<void> {
  await withMaintenanceClient(target, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(target.database)}`),
  );
}

/** Also terminates its sessions. @throws PrismaError P1003 if it does not exist, P1010 if the role lacks the right. */
export async function dropDatabase(target: ConnectionTarget): Promise<void> {
  await withMaintenanceClient(target, (client) =>
    client.query(`DROP DATABASE ${client.escapeIdentifier(target.database)} WITH (FORCE)`),
  );
}

/**
 * Drops every schema that the role owns, with all objects, and leaves an empty `public`. Prisma would only empty the
 * schemas it knows; objects that migrations created elsewhere would make the next run fail.
 * @throws Error, before anything is dropped, naming the schemas that belong to others.
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

/** Runs `work` on a new connection. */
export async function withClient<T>(target: ConnectionTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { connectionString, connectionTimeoutMillis } = target;
  const client = new pg.Client({ connectionString, connectionTimeoutMillis });
  // If the server closes an idle connection, the process must not end: the next query reports it.
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

/**
 * A database cannot be created or dropped from inside. `postgres` is the usual maintenance database; `template1` always
 * exists.
 */
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
