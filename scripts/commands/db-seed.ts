import { isExternal, withProjectDatabase } from '../db/project-database.ts';
import { migrate, seed, setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { loadDotEnv } from '../environment.ts';
import { prepare } from '../application/prepare.ts';
import { say } from '../progress.mjs';

/** `npm run db:seed`: creates the platform admin named in the environment, and the demo if requested. */
export async function dbSeed(): Promise<number> {
  loadDotEnv();
  await prepare();
  await withProjectDatabase((database) =>
    underDatabaseLock(async () => {
      await setUpEmbedded(database);
      await migrate(database);
      await seed(database, { always: true });
    }),
  );
  if (isExternal() && process.env['SEED_DEMO'] !== 'true') say('No demo data: SEED_DEMO is not true.');
  return 0;
}
