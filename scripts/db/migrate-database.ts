import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Logger, runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { ROOT } from '../project.ts';
import { runProgram } from '../processes/run-program.ts';
import { OperatorError, withClient } from './connect.ts';
import { declaredTasks } from './declared-tasks.ts';
import { unprotectedTables } from './migration-laws.ts';

/** Contains one folder per migration. */
export const MIGRATIONS = join(ROOT, 'prisma', 'migrations');
const ENQUEUE_SQL = join(ROOT, 'prisma', 'queue', 'enqueue.sql');

/** Inputs that determine the state of a migrated database; relative to the clone. */
export const MIGRATION_INPUTS = [
  'prisma/migrations',
  'prisma/queue',
  'node_modules/graphile-worker/package.json',
  'src/manifests.ts',
  'src/modules/modules.ts',
  ...globSync('src/{common,modules}/*/*.manifest.ts', { cwd: ROOT }).sort(),
];

/**
 * Updates a database created by `setUpDatabase` to the newest state: tables as the owner, then the queue as the worker,
 * with the tasks that the manifests declare. Fast if there is nothing to do; safe to run concurrently.
 * @returns names of the applied migrations.
 * @throws OperatorError, before anything is applied, if a tenant table would be unprotected.
 */
export async function migrateDatabase(urls: { ownerUrl: string; workerUrl: string }): Promise<string[]> {
  const pending = await pendingMigrations(urls.ownerUrl);
  if (pending.length > 0) {
    refuseUnprotected();
    await runProgram('prisma', ['migrate', 'deploy'], {
      environment: { DATABASE_OWNER_URL: urls.ownerUrl },
      quiet: true,
    });
  }
  await migrateQueue(urls);
  return pending;
}

/** Returns migrations of the clone that are not applied to the database, oldest first. */
export async function pendingMigrations(ownerUrl: string): Promise<string[]> {
  const applied = await appliedMigrations(ownerUrl);
  return migrationNames().filter((name) => !applied.includes(name));
}

/** Returns migrations that are applied to the database, but no longer in the clone, oldest first. */
export async function strayMigrations(ownerUrl: string): Promise<string[]> {
  const known = migrationNames();
  return (await appliedMigrations(ownerUrl)).filter((name) => !known.includes(name)).sort();
}

function appliedMigrations(ownerUrl: string): Promise<string[]> {
  return withClient(ownerUrl, async (owner) => {
    if (!(await exists(owner, 'public._prisma_migrations'))) return [];
    const { rows } = await owner.query<{ migration_name: string }>(
      `SELECT migration_name FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    );
    return rows.map((row) => row.migration_name);
  });
}

function migrationNames(): string[] {
  return readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** An applied migration must not be edited, so what it lacks would have to be added by another one. */
function refuseUnprotected(): void {
  const files = migrationNames().map((name) => join(MIGRATIONS, name, 'migration.sql'));
  const scripts = files
    .filter((file) => existsSync(file))
    .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') }));
  const problems = unprotectedTables(scripts);
  if (problems.length > 0) throw new OperatorError(problems.join('\n'));
}

async function migrateQueue({ ownerUrl, workerUrl }: { ownerUrl: string; workerUrl: string }): Promise<void> {
  const isNew = await withClient(workerUrl, async (worker) => !(await exists(worker, 'jobs.migrations')));
  if (isNew) {
    // The queue's first migration executes CREATE SCHEMA IF NOT EXISTS, which requires the right to create schemas even
    // if the schema exists.
    await withClient(ownerUrl, async (owner) => {
      await grantCreate(owner, 'GRANT', 'TO');
      try {
        await runQueueMigrations(workerUrl);
      } finally {
        await grantCreate(owner, 'REVOKE', 'FROM');
      }
    });
  } else {
    await runQueueMigrations(workerUrl);
  }
  const enqueue = readFileSync(ENQUEUE_SQL, 'utf8');
  const { tenant, platform } = await declaredTasks();
  await withClient(workerUrl, async (worker) => {
    await worker.query(enqueue);
    await worker.query('INSERT INTO jobs.tenant_tasks SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [tenant]);
    await worker.query('INSERT INTO jobs.platform_tasks SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [platform]);
  });
}

async function runQueueMigrations(workerUrl: string): Promise<void> {
  // Suppresses progress messages; failures are thrown.
  const logger = new Logger(() => () => undefined);
  await runMigrations({ connectionString: workerUrl, schema: 'jobs', taskList: {}, logger });
}

async function grantCreate(owner: pg.Client, verb: 'GRANT' | 'REVOKE', preposition: 'TO' | 'FROM'): Promise<void> {
  const database = (await owner.query<{ name: string }>('SELECT quote_ident(current_database()) AS name')).rows[0]
    ?.name;
  await owner.query(`${verb} CREATE ON DATABASE ${database} ${preposition} tenantry_worker`);
}

/** `to_regclass` fails without the right to use the schema, so the catalog is queried instead. */
async function exists(client: pg.Client, table: string): Promise<boolean> {
  const [schema, name] = table.split('.');
  const { rowCount } = await client.query('SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
    schema,
    name,
  ]);
  return Boolean(rowCount);
}
