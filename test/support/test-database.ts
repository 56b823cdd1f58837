import { randomBytes } from 'node:crypto';
import { withClient, withDatabase, withLogin } from '../../scripts/db/connect.ts';
import type { RoleName } from '../../scripts/db/roles.ts';
import { setUpDatabase } from '../../scripts/db/setup-database.ts';
import { testServer } from './test-server.js';
import { TEST_PREFIX } from './test-template.js';

/** A migrated database, empty but for what migrations put there. */
export interface TestDatabase {
  name: string;
  appUrl: string;
  platformUrl: string;
  workerUrl: string;
  ownerUrl: string;
  /** Superuser (or admin), connected to this database. */
  adminUrl: string;
}

let ofThisWorker: Promise<TestDatabase> | undefined;

/**
 * The database that all test files of this Jest worker share, made on first use. Files run one after the other in a
 * worker, and each builds tenants of its own. (Jest gives every file its own modules, so the name, not this variable,
 * is what makes it one per worker.)
 */
export function testDatabase(): Promise<TestDatabase> {
  return (ofThisWorker ??= makeSharedDatabase());
}

async function makeSharedDatabase(): Promise<TestDatabase> {
  const database = await makeDatabase(`${TEST_PREFIX}${testServer().run}_${process.env['JEST_WORKER_ID'] ?? '1'}`);
  // Tasks that earlier files left behind: whoever works off the queue in this file would have to work off those first.
  await withClient(database.adminUrl, (admin) =>
    admin.query('DELETE FROM jobs._private_jobs; DELETE FROM jobs._private_job_queues'),
  );
  return database;
}

/** A database for one test that needs it to itself; `dropTestDatabase` it when done (a forgotten one goes with the run). */
export function createTestDatabase(): Promise<TestDatabase> {
  return makeDatabase(`${TEST_PREFIX}${testServer().run}_own_${randomBytes(4).toString('hex')}`);
}

/** An own database without tables: roles, rights and schemas as `db:setup` leaves them. */
export function createEmptyTestDatabase(): Promise<TestDatabase> {
  return makeDatabase(`${TEST_PREFIX}${testServer().run}_own_${randomBytes(4).toString('hex')}`, { empty: true });
}

export async function dropTestDatabase({ name }: TestDatabase): Promise<void> {
  await withClient(testServer().adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
}

async function makeDatabase(name: string, { empty = false } = {}): Promise<TestDatabase> {
  const { adminUrl, passwords, template } = testServer();
  // Without passwords: the roles have theirs, and changing them under running tests would be a race.
  const { createdDatabase } = await setUpDatabase(adminUrl, {
    database: name,
    passwords: {},
    ...(!empty && { template }),
  });
  if (createdDatabase) {
    await withClient(adminUrl, (admin) => admin.query(`ALTER DATABASE "${name}" SET synchronous_commit = off`));
  }
  const login = (role: RoleName): string => withLogin(adminUrl, role, passwords[role], name);
  return {
    name,
    appUrl: login('tenantry_app'),
    platformUrl: login('tenantry_platform'),
    workerUrl: login('tenantry_worker'),
    ownerUrl: login('tenantry_owner'),
    adminUrl: withDatabase(adminUrl, name),
  };
}
