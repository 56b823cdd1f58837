import { EMBEDDED_DATABASE, isExternal, withProjectDatabase } from '../db/project-database.ts';
import { underDatabaseLock } from '../db/project-steps.ts';
import { OperatorError, withClient } from '../db/connect.ts';
import { setUpDatabase } from '../db/setup-database.ts';
import { loadDotEnv } from '../environment.ts';
import { prepare } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { setupFromUrls } from './db-setup.ts';
import { makeReady } from './start.ts';

/** `npm run db:reset`: drops the database with all data, and creates it again. */
export async function dbReset(args: string[]): Promise<number> {
  loadDotEnv();
  const external = isExternal();
  const name = external ? setupFromUrls().database : EMBEDDED_DATABASE;
  if (external && !args.includes('--yes')) {
    throw new OperatorError(
      `This would drop the database "${name}" of DATABASE_URL. To proceed: npm run db:reset -- --yes`,
    );
  }
  await prepare();
  await withProjectDatabase(async (database) => {
    const { adminUrl } = database;
    if (!adminUrl) throw new OperatorError('db:reset needs DATABASE_ADMIN_URL.');
    await underDatabaseLock(async () => {
      await withClient(adminUrl, (admin) =>
        admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(name)} WITH (FORCE)`),
      );
      if (external) await setUpDatabase(adminUrl, setupFromUrls());
    });
    await makeReady(database);
  });
  say(`Recreated the database "${name}".`);
  return 0;
}
