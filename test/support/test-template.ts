import { createHash } from 'node:crypto';
import type pg from 'pg';
import { withClient, withLogin } from '../../scripts/db/connect.ts';
import { migrateDatabase, MIGRATION_INPUTS } from '../../scripts/db/migrate-database.ts';
import type { RoleName } from '../../scripts/db/roles.ts';
import { setUpDatabase } from '../../scripts/db/setup-database.ts';
import { hashInputs } from '../../scripts/project.ts';
import type { RolePasswords } from './test-server.ts';

export const TEST_PREFIX = 'tenantry_test_';
const TEMPLATE_PREFIX = `${TEST_PREFIX}template_`;
const INPUTS = [...MIGRATION_INPUTS, 'scripts/db'];
/** `application_name` of the connection by which a run shows that it lives: this, the run, its template. */
const SIGN_OF_LIFE = 'tenantry:test-run';

/** Name of the template for this state of migrations and set-up. */
export function templateName(passwords: RolePasswords): string {
  const hash = createHash('sha256')
    .update(hashInputs(INPUTS, (path) => path.endsWith('.spec.ts')))
    .update(JSON.stringify(passwords))
    .digest('hex');
  return `${TEMPLATE_PREFIX}${hash.slice(0, 12)}`;
}

/** URL of the connection that a run keeps open, so that others leave its databases and its template alone. */
export function signOfLifeUrl(adminUrl: string, run: string, template: string): string {
  const url = new URL(adminUrl);
  url.searchParams.set('application_name', `${SIGN_OF_LIFE}:${run}:${template.slice(TEMPLATE_PREFIX.length)}`);
  return url.toString();
}

/** Makes the template unless it is there, and drops what no living run needs. Call with the sign of life open. */
export async function ensureTemplate(adminUrl: string, passwords: RolePasswords, template: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(hashtextextended('tenantry:test-template', 0))`);
    await dropStale(admin);
    if ((await admin.query('SELECT FROM pg_database WHERE datname = $1', [template])).rowCount) return;
    // Made under another name, so that an interrupted set-up is never mistaken for a template.
    const draft = `${template}_part`;
    await setUpDatabase(adminUrl, { database: draft, passwords });
    const login = (role: RoleName): string => withLogin(adminUrl, role, passwords[role], draft);
    await migrateDatabase({ ownerUrl: login('tenantry_owner'), workerUrl: login('tenantry_worker') });
    await admin.query(`ALTER DATABASE "${draft}" RENAME TO "${template}"`);
  });
}

/** Databases and templates of runs that are over, however they ended. */
async function dropStale(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ application_name: string }>(
    'SELECT application_name FROM pg_stat_activity WHERE starts_with(application_name, $1)',
    [`${SIGN_OF_LIFE}:`],
  );
  const living = rows.map(({ application_name: name }) => name.slice(SIGN_OF_LIFE.length + 1).split(':'));
  await dropWhere(admin, (database) =>
    living.every(
      ([run, hash]) => database !== `${TEMPLATE_PREFIX}${hash}` && !database.startsWith(`${TEST_PREFIX}${run}_`),
    ),
  );
}

/** The databases of one run. */
export async function dropRun(adminUrl: string, run: string): Promise<void> {
  await withClient(adminUrl, (admin) => dropWhere(admin, (database) => database.startsWith(`${TEST_PREFIX}${run}_`)));
}

async function dropWhere(admin: pg.Client, matches: (database: string) => boolean): Promise<void> {
  const query = 'SELECT datname FROM pg_database WHERE starts_with(datname, $1)';
  const { rows } = await admin.query<{ datname: string }>(query, [TEST_PREFIX]);
  for (const { datname } of rows) {
    if (matches(datname)) await admin.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  }
}
