import {
  applicationEnvironment,
  seedsDemo,
  withProjectDatabase,
  type ProjectDatabase,
} from '../db/project-database.ts';
import { withClient } from '../db/connect.ts';
import { migrate, seed, setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { checkConfiguration } from '../application/check-configuration.ts';
import { loadDotEnv } from '../environment.ts';
import { choosePorts } from '../application/ports.ts';
import { prepare } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { runApplication } from '../application/run-application.ts';
import { stopRequested } from '../processes/stop-request.ts';

/** `npm start`: prepares everything, whatever the state of the clone is, and runs the application until it ends. */
export async function start(args: string[]): Promise<number> {
  loadDotEnv();
  await prepare();
  return withProjectDatabase(async (database) => {
    const environment = { ...applicationEnvironment(database), ...(await choosePorts()) };
    await checkConfiguration(environment);
    stopRequested.throwIfAborted();
    await makeReady(database);
    stopRequested.throwIfAborted();
    return runApplication(args, environment, database.embedded);
  });
}

/** Takes a reachable server to a database that the application can use. */
export async function makeReady(database: ProjectDatabase): Promise<void> {
  await underDatabaseLock(async () => {
    await setUpEmbedded(database);
    if (database.appUrl) await withClient(database.appUrl, (app) => app.query('SELECT'));
    if (!(await migrate(database))) {
      say('DATABASE_OWNER_URL (or DIRECT_URL) is not set: the database is used without migrating it.');
    }
    if (seedsDemo()) await seed(database);
  });
}
