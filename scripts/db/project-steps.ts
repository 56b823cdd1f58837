import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { applicationEnvironment, EMBEDDED_DATABASE, type ProjectDatabase } from './project-database.ts';
import { OperatorError, withClient } from './connect.ts';
import { migrateDatabase, MIGRATION_INPUTS, pendingMigrations } from './migrate-database.ts';
import { setUpDatabase } from './setup-database.ts';
import { setting } from '../environment.ts';
import { SEED } from '../application/prepare.ts';
import { withLock } from '../processes/process-lock.mjs';
import { say, step } from '../progress.mjs';
import { DATA_FOLDER, hashInputs } from '../project.ts';
import { runOnce } from '../application/remembered-step.ts';
import { runNode } from '../processes/run-program.ts';

/** Lets one command at a time change the project's database. */
export function underDatabaseLock<T>(action: () => Promise<T>): Promise<T> {
  const onWait = (pid: number): void => say(`Waiting for process ${pid}, which is using the database …`);
  return withLock(join(DATA_FOLDER, 'database.lock'), action, { onWait });
}

/** Creates roles, database and rights on the embedded server. */
export async function setUpEmbedded(database: ProjectDatabase): Promise<void> {
  if (!database.embedded) return;
  const timeout = setting('DATABASE_QUERY_TIMEOUT_MS');
  await setUpDatabase(database.embedded.adminUrl, {
    database: EMBEDDED_DATABASE,
    passwords: database.embedded.secrets.rolePasswords,
    ...(timeout && { queryTimeoutMs: Number(timeout) }),
  });
}

/**
 * Applies pending migrations of tables and queue.
 * @returns `false` if a required URL is not configured.
 */
export async function migrate({ ownerUrl, workerUrl }: ProjectDatabase): Promise<boolean> {
  if (!ownerUrl || !workerUrl) return false;
  const pending = await pendingMigrations(ownerUrl);
  const run = (): Promise<string[]> => migrateDatabase({ ownerUrl, workerUrl });
  if (pending.length > 0) await step(`Applying ${pending.length} migration${pending.length > 1 ? 's' : ''}`, run);
  else await run();
  return true;
}

/**
 * Runs the seed. On the embedded server only if the seed or the database has changed since the last time, or with
 * `always`.
 */
export async function seed(database: ProjectDatabase, { always = false } = {}): Promise<void> {
  const title = 'Seeding';
  const action = async (): Promise<void> => {
    await runNode('the seed', [SEED], { environment: seedEnvironment(database), quiet: true });
  };
  if (always || !database.embedded) return step(title, action);
  const inputs = createHash('sha256')
    .update(hashInputs(['prisma/seed', ...MIGRATION_INPUTS]))
    .update(await databaseIdentity(database))
    .digest('hex');
  return runOnce({ name: 'seed', title, inputs, action });
}

/** Logs only warnings of the seed, unless configured otherwise. */
function seedEnvironment(database: ProjectDatabase): NodeJS.ProcessEnv {
  return { ...applicationEnvironment(database), LOG_LEVEL: setting('LOG_LEVEL') ?? 'warn' };
}

/** Returns a value that differs between clusters, and between a database and a later one with the same name. */
async function databaseIdentity({ embedded, ownerUrl }: ProjectDatabase): Promise<string> {
  if (!embedded || !ownerUrl) throw new OperatorError('The embedded database is not open.');
  const { rows } = await withClient(ownerUrl, (owner) =>
    owner.query<{ oid: number }>('SELECT oid::int FROM pg_database WHERE datname = current_database()'),
  );
  return `${embedded.secrets.id}:${rows[0]?.oid}`;
}
