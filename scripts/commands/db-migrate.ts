import { withProjectDatabase, type ProjectDatabase } from '../db/project-database.ts';
import { migrate, setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { OperatorError, withClient, withLogin } from '../db/connect.ts';
import { setUpDatabase } from '../db/setup-database.ts';
import { loadDotEnv, setting } from '../environment.ts';
import { prepareClient } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { runProgram } from '../processes/run-program.ts';

const SHADOW_DATABASE = 'tenantry_shadow';

/** `npm run db:migrate:deploy`: applies what is pending, tables and queue. */
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

/** `npm run db:migrate -- --name add_labels`: writes a migration for what changed in `prisma/schema`, and applies it. */
export async function dbMigrate(args: string[]): Promise<number> {
  loadDotEnv();
  await withProjectDatabase((database) =>
    underDatabaseLock(async () => {
      await setUpEmbedded(database);
      const ownerUrl = requireOwner(database);
      // First what is pending, queue included: what Prisma writes now is left to be edited (`--create-only`) or applied by it.
      await migrate(database);
      await withShadowDatabase(database, (shadowUrl) =>
        runProgram('prisma', ['migrate', 'dev', ...args], {
          environment: { DATABASE_OWNER_URL: ownerUrl, SHADOW_DATABASE_URL: shadowUrl },
        }),
      );
    }),
  );
  await prepareClient();
  return 0;
}

/** @throws OperatorError when there is none. */
export function requireOwner({ ownerUrl }: ProjectDatabase): string {
  if (!ownerUrl) throw new OperatorError('DATABASE_OWNER_URL (or DIRECT_URL) is not set.');
  return ownerUrl;
}

/**
 * Prisma replays all migrations in an empty second database. The owner may not create one, and the migrations need the
 * roles' rights in it, so on the embedded server the administrator lends one.
 */
async function withShadowDatabase(
  { embedded }: ProjectDatabase,
  action: (url: string | undefined) => Promise<void>,
): Promise<void> {
  const given = setting('SHADOW_DATABASE_URL');
  if (!embedded || given) return action(given);
  const { adminUrl, secrets } = embedded;
  const drop = (): Promise<unknown> =>
    withClient(adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${SHADOW_DATABASE} WITH (FORCE)`));
  await drop();
  await setUpDatabase(adminUrl, { database: SHADOW_DATABASE, passwords: {} });
  try {
    const owner = withLogin(adminUrl, 'tenantry_owner', secrets.rolePasswords.tenantry_owner, SHADOW_DATABASE);
    await action(owner);
  } finally {
    await drop();
  }
}
