import { embeddedAdminUrl, withProjectDatabase } from '../db/project-database.ts';
import { setUpEmbedded } from '../db/project-steps.ts';
import { loadDotEnv } from '../environment.ts';
import { say } from '../progress.mjs';
import { runProgram } from '../processes/run-program.ts';
import { requireOwner } from './db-migrate.ts';

/** `npm run db:push`: updates the database to match `prisma/schema`, without a migration; for experiments. */
export async function dbPush(args: string[]): Promise<number> {
  loadDotEnv();
  await withProjectDatabase(async (database) => {
    await setUpEmbedded(database);
    await runProgram('prisma', ['db', 'push', ...args], {
      environment: { DATABASE_OWNER_URL: requireOwner(database) },
    });
  });
  return 0;
}

/** `npm run db:studio`: opens Prisma's table browser. */
export async function dbStudio(args: string[]): Promise<number> {
  loadDotEnv();
  await withProjectDatabase(async (database) => {
    if (!database.embedded)
      say('As the owner you only see global tables: row-level security hides the rows of tenants.');
    const url = database.embedded ? embeddedAdminUrl(database.embedded) : requireOwner(database);
    await runProgram('prisma', ['studio', ...args], { environment: { DATABASE_OWNER_URL: url } });
  });
  return 0;
}
