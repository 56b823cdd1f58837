import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withClient, withDatabase, withLogin } from '../db/connect.ts';
import { migrateDatabase } from '../db/migrate-database.ts';
import type { RoleName } from '../db/roles.ts';
import { setUpDatabase } from '../db/setup-database.ts';
import { type EmbeddedPostgres, useEmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { NODE_FLAGS } from '../application/node-flags.ts';
import { prepareClient } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { DATA_FOLDER } from '../project.ts';
import { runNode, runProgram } from '../processes/run-program.ts';

/** Number of databases available to a benchmark; most need one, some compare several. */
const DATABASES = 3;

/**
 * `npm run bench:<name>`: builds the benchmark and runs it on new databases of the embedded server, which are dropped
 * afterwards.
 */
export async function bench(name: string, args: string[]): Promise<number> {
  await prepareClient();
  const built = join(DATA_FOLDER, 'bench');
  rmSync(built, { recursive: true, force: true });
  await runProgram('swc', ['bench', 'src', '-d', built, '--ignore', '**/*.spec.ts'], { quiet: true });
  const embedded = await useEmbeddedPostgres(DATA_FOLDER, say);
  const names = Array.from({ length: DATABASES }, (_, index) => `tenantry_bench_${process.pid}_${index}`);
  try {
    const urls = [];
    for (const database of names) urls.push(await makeDatabase(embedded, database));
    const environment = Object.fromEntries(
      urls.map((url, index) => [`BENCH_DATABASE_${index + 1}`, JSON.stringify(url)]),
    );
    environment['BENCH_NODE_FLAGS'] = process.env['BENCH_NODE_FLAGS'] ?? NODE_FLAGS.join(' ');
    await runNode(`bench:${name}`, ['--enable-source-maps', join(built, 'bench', `${name}.js`), ...args], {
      environment,
    });
    return 0;
  } finally {
    await withClient(embedded.adminUrl, async (admin) => {
      for (const database of names) await admin.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    });
    await embedded.release();
  }
}

async function makeDatabase(
  { adminUrl, secrets }: EmbeddedPostgres,
  database: string,
): Promise<Record<string, string>> {
  const passwords = secrets.rolePasswords;
  await setUpDatabase(adminUrl, { database, passwords });
  const login = (role: RoleName): string => withLogin(adminUrl, role, passwords[role], database);
  const ownerUrl = login('tenantry_owner');
  const workerUrl = login('tenantry_worker');
  await migrateDatabase({ ownerUrl, workerUrl });
  return {
    appUrl: login('tenantry_app'),
    platformUrl: login('tenantry_platform'),
    workerUrl,
    ownerUrl,
    adminUrl: withDatabase(adminUrl, database),
  };
}
