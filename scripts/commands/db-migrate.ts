import { parseArgs } from 'node:util';
import { withProjectDatabase, type ProjectDatabase } from '../db/project-database.ts';
import { migrate, setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { OperatorError, withClient, withLogin } from '../db/connect.ts';
import { setUpDatabase } from '../db/setup-database.ts';
import { loadDotEnv, setting } from '../environment.ts';
import { strayMigrations } from '../db/migrate-database.ts';
import { prepareClient } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { writeMigration, type WrittenMigration } from '../db/write-migration.ts';

const SHADOW_DATABASE = 'tenantry_shadow';

/** `npm run db:migrate:deploy`: applies pending migrations of tables and queue. */
export async function dbMigrateDeploy(): Promise<number> {
  loadDotEnv();
  await withProjectDatabase((database) =>
    underDatabaseLock(async () => {
      await setUpEmbedded(database);
      if (!(await migrate(database))) {
        throw new OperatorError('db:migrate:deploy needs DATABASE_OWNER_URL (or DIRECT_URL) and DATABASE_WORKER_URL.');
      }
    }),
  );
  say('The database is up to date.');
  return 0;
}

/**
 * `npm run db:migrate -- --name add_labels`: writes a migration for the changes in `prisma/schema`, including the
 * protection of new tenant tables, and applies it (`--create-only` leaves that to the next run). Without a name it
 * applies pending migrations.
 */
export async function dbMigrate(args: string[]): Promise<number> {
  const { name, createOnly } = parseMigrateArguments(args);
  loadDotEnv();
  await withProjectDatabase((database) =>
    underDatabaseLock(async () => {
      await setUpEmbedded(database);
      const ownerUrl = requireOwner(database);
      if (name !== undefined) {
        const written = await withShadowDatabase(database, (shadowUrl) =>
          writeMigration(name, { ownerUrl, shadowUrl }),
        );
        if (tellOfMigration(written) === 'to be read' || createOnly) return;
      }
      warnOfStrayMigrations(await strayMigrations(ownerUrl));
      if (!(await migrate(database))) throw new OperatorError('db:migrate also needs DATABASE_WORKER_URL.');
      say('All migrations of prisma/migrations are applied.');
    }),
  );
  await prepareClient();
  return 0;
}

/** After a module was removed, the database still has its tables: creating them again would fail. */
function warnOfStrayMigrations(names: readonly string[]): void {
  if (names.length === 0) return;
  say(`The database has migrations that are no longer in prisma/migrations: ${names.join(', ')}.`);
  say('Their tables are still there. npm run db:reset deletes the database with all its data and creates it again.');
}

function parseMigrateArguments(args: string[]): { name: string | undefined; createOnly: boolean } {
  const usage = 'Usage: npm run db:migrate [-- --name <lower_case_words> [--create-only]]';
  const { name, 'create-only': createOnly } = parsedOr(usage, () =>
    parseArgs({ args, options: { name: { type: 'string' }, 'create-only': { type: 'boolean', default: false } } }),
  ).values;
  if (name !== undefined && !/^[a-z][a-z0-9_]{0,60}$/.test(name)) throw new OperatorError(usage);
  return { name, createOnly };
}

function parsedOr<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${usage}`);
  }
}

function tellOfMigration(written: WrittenMigration | null): 'nothing' | 'to be read' | 'to be applied' {
  if (!written) {
    say('Nothing in prisma/schema has changed since the last migration.');
    return 'nothing';
  }
  say(`Written: ${written.file}`);
  if (written.losses.length === 0) return 'to be applied';
  say('It deletes data, so it has not been applied. Review it, change it if necessary, and run npm run db:migrate:');
  for (const line of written.losses) say(`  ${line.trim()}`);
  return 'to be read';
}

/** @throws OperatorError if there is none. */
export function requireOwner({ ownerUrl }: ProjectDatabase): string {
  if (!ownerUrl) throw new OperatorError('DATABASE_OWNER_URL (or DIRECT_URL) is not set.');
  return ownerUrl;
}

/**
 * Prisma replays all migrations in an empty second database. The owner may not create one, and the migrations need the
 * roles' rights in it, so on the embedded server the administrator provides it.
 */
async function withShadowDatabase<T>({ embedded }: ProjectDatabase, action: (url: string) => Promise<T>): Promise<T> {
  const given = setting('SHADOW_DATABASE_URL');
  if (given) return action(given);
  if (!embedded) {
    throw new OperatorError('To write a migration, set SHADOW_DATABASE_URL to an empty database of tenantry_owner.');
  }
  const { adminUrl, secrets } = embedded;
  const drop = (): Promise<unknown> =>
    withClient(adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${SHADOW_DATABASE} WITH (FORCE)`));
  await drop();
  await setUpDatabase(adminUrl, { database: SHADOW_DATABASE, passwords: {} });
  try {
    const owner = withLogin(adminUrl, 'tenantry_owner', secrets.rolePasswords.tenantry_owner, SHADOW_DATABASE);
    return await action(owner);
  } finally {
    await drop();
  }
}
