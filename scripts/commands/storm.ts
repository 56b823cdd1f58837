import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '../application/prepare.ts';
import { OperatorError } from '../db/connect.ts';
import { useEmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { resolveLocation } from '../embedded/location.ts';
import { say } from '../progress.mjs';
import { DATA_FOLDER } from '../project.ts';
import { runJest } from './test.ts';

const SECONDS = '25';
/** Serial, because the storm kills the PostgreSQL server that all of its tests use. */
const ONE_AT_A_TIME = 1;

/**
 * `npm run test:storm [seconds]`: kills workers and PostgreSQL during runs and requests, repeatedly for so many
 * seconds; afterwards nothing may be lost, done twice or half-written. Uses a PostgreSQL server of its own, which is
 * removed afterwards.
 */
export async function storm([seconds = SECONDS]: string[]): Promise<number> {
  if (!/^[1-9]\d{0,3}$/.test(seconds)) throw new OperatorError('Usage: npm run test:storm [-- seconds]');
  await prepare();
  const folder = mkdtempSync(join(DATA_FOLDER, 'storm-'));
  const { outside } = resolveLocation(folder);
  try {
    const embedded = await useEmbeddedPostgres(folder, say);
    try {
      return await runJest(
        ['--testMatch', '<rootDir>/test/storm/*.storm.ts'],
        {
          TEST_ADMIN_DATABASE_URL: embedded.adminUrl,
          TEST_ROLE_PASSWORDS: JSON.stringify(embedded.secrets.rolePasswords),
          STORM_FOLDER: folder,
          STORM_SECONDS: seconds,
        },
        ONE_AT_A_TIME,
      );
    } finally {
      await embedded.release();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (outside) rmSync(outside, { recursive: true, force: true });
  }
}
