import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, prepare } from '../application/prepare.ts';
import { findAddressCollisions } from '../db/address-collisions.ts';
import { withProjectDatabase } from '../db/project-database.ts';
import { migrate, setUpEmbedded, underDatabaseLock } from '../db/project-steps.ts';
import { loadDotEnv } from '../environment.ts';
import { say } from '../progress.mjs';
import { requireOwner } from './db-migrate.ts';

type Addresses = typeof import('../../src/common/values/email-address.js');

/**
 * `npm run accounts:check`: lists accounts that share an e-mail address in several spellings, from before addresses
 * were normalized.
 * @returns 1 if there are any.
 */
export async function accountsCheck(): Promise<number> {
  loadDotEnv();
  await prepare();
  const compiled = pathToFileURL(join(DIST, 'src/common/values/email-address.js')).href;
  const { normalizeEmail } = (await import(compiled)) as Addresses;
  const collisions = await withProjectDatabase(async (database) => {
    await underDatabaseLock(async () => {
      await setUpEmbedded(database);
      // A new embedded database has no tables yet; an external one is not changed by a check.
      if (database.embedded) await migrate(database);
    });
    return findAddressCollisions(requireOwner(database), normalizeEmail);
  });
  for (const { tenant, address, accounts } of collisions) {
    const spellings = accounts.map(({ id, email }) => `${id} (${JSON.stringify(email)})`).join(', ');
    say(`${tenant ?? 'Platform admins'}: ${address} is the address of ${spellings}`);
  }
  if (collisions.length === 0) say('No accounts share an email address.');
  return collisions.length === 0 ? 0 : 1;
}
