import { EMBEDDED_DATABASE, externalDatabase, withProjectDatabase } from '../db/project-database.ts';
import { setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { describeUrl, OperatorError } from '../db/connect.ts';
import { ROLES, URL_ROLES, type RoleName, type UrlName } from '../db/roles.ts';
import { setUpDatabase, type DatabaseSetup } from '../db/setup-database.ts';
import { loadDotEnv, setting } from '../environment.ts';
import { say } from '../progress.mjs';

/**
 * `npm run db:setup`: creates roles, database and rights through DATABASE_ADMIN_URL; without it, on the embedded
 * server.
 */
export async function dbSetup(): Promise<number> {
  loadDotEnv();
  const { adminUrl } = externalDatabase();
  if (!adminUrl) return setUpOwn();
  const setup = setupFromUrls();
  const { createdDatabase, notes } = await setUpDatabase(adminUrl, setup);
  const missing = ROLES.filter((role) => setup.passwords[role] === undefined);
  say(`${createdDatabase ? 'Created' : 'Checked'} the database "${setup.database}" and the roles ${ROLES.join(', ')}.`);
  if (missing.length > 0) say(`No URL contains a password for ${missing.join(', ')}: not changed.`);
  for (const note of notes) say(`${describeUrl(adminUrl)} lacks the privileges for this, so it stays off: ${note}.`);
  return 0;
}

async function setUpOwn(): Promise<number> {
  await withProjectDatabase(async (database) => {
    if (!database.embedded)
      throw new OperatorError(
        'DATABASE_ADMIN_URL is not set: the URL of a superuser, or of a role that may create roles and databases.',
      );
    await underDatabaseLock(() => setUpEmbedded(database));
  });
  say(`The embedded database "${EMBEDDED_DATABASE}" is set up.`);
  return 0;
}

/**
 * Returns the database name and passwords in the DATABASE_*_URL variables.
 * @throws OperatorError with everything that is inconsistent.
 */
export function setupFromUrls(): DatabaseSetup {
  const problems: string[] = [];
  const names = new Set<string>();
  const passwords: Partial<Record<RoleName, string>> = {};
  for (const [variable, role] of Object.entries(URL_ROLES) as [UrlName, RoleName][]) {
    const url = setting(variable) ?? (variable === 'DATABASE_OWNER_URL' ? setting('DIRECT_URL') : undefined);
    if (url === undefined) continue;
    if (!URL.canParse(url)) {
      problems.push(`${variable} is not a URL`);
      continue;
    }
    const { username, password, pathname } = new URL(url);
    names.add(decodeURIComponent(pathname.slice(1)));
    if (decodeURIComponent(username) !== role) problems.push(`${variable} must log in as ${role}`);
    if (!password) continue;
    if (passwords[role] !== undefined && passwords[role] !== decodeURIComponent(password)) {
      problems.push(`${variable} has a different password for ${role} than the previous variables`);
    }
    passwords[role] = decodeURIComponent(password);
  }
  const [database] = names;
  if (names.size > 1) problems.push(`the URLs name different databases: ${[...names].join(', ')}`);
  if (!database) problems.push('DATABASE_URL must name the database');
  if (problems.length > 0 || !database)
    throw new OperatorError(`db:setup cannot run:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  const timeout = setting('DATABASE_QUERY_TIMEOUT_MS');
  return { database, passwords, ...(timeout && { queryTimeoutMs: Number(timeout) }) };
}
