import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { giveTo, type Location } from './location.ts';
import { findPostmaster, stopPostmaster } from './postmaster.ts';
import type { Secrets } from './secrets.ts';

export const SUPERUSER = 'postgres';
const OWNER_FILE = 'tenantry-secrets-id';

/**
 * Creates the database files if they are missing. Files that were created with another `secrets.json` cannot be opened:
 * either the data folder was removed, but they are outside of it; or only the secrets were. Outside files are removed,
 * because the user who removed the data folder wanted to start afresh; others get the new superuser password.
 * @returns whether the cluster is new.
 */
export async function ensureCluster(
  location: Location,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<boolean> {
  const { cluster } = location;
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    if (readFileSync(join(cluster, OWNER_FILE), 'utf8') === secrets.id) return false;
    const orphan = findPostmaster(location);
    if (orphan) await stopPostmaster(orphan);
    if (!location.outside) {
      say('The database was created with different secrets: setting the new ones.');
      await resetSuperuserPassword(location, secrets);
      writeFileSync(join(cluster, OWNER_FILE), secrets.id);
      return false;
    }
    say(`Removing ${cluster}: its data folder no longer exists.`);
    rmSync(cluster, { recursive: true });
  }
  await initialise(location, secrets);
  return true;
}

async function initialise(location: Location, secrets: Secrets): Promise<void> {
  // Created in a temporary folder and then moved, so that an interrupted initdb leaves nothing half-finished.
  const draft = `${location.cluster}.part`;
  const passwordFile = join(dirname(location.cluster), 'initdb-password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  giveTo(location.account, draft);
  writeFileSync(passwordFile, secrets.superuserPassword, { mode: 0o600 });
  giveTo(location.account, passwordFile);
  try {
    // The built-in C.UTF-8 sorts identically on every machine, whatever its locales.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await run(location, 'initdb', [`--pgdata=${draft}`, ...access, ...locale]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(draft, OWNER_FILE), secrets.id);
  giveTo(location.account, join(draft, OWNER_FILE));
  renameSync(draft, location.cluster);
}

async function resetSuperuserPassword(location: Location, secrets: Secrets): Promise<void> {
  rmSync(join(location.cluster, 'postmaster.pid'), { force: true });
  // Single-user mode reads one statement per line; generated passwords contain no quotes.
  const statement = `ALTER ROLE ${SUPERUSER} PASSWORD '${secrets.superuserPassword}';\n`;
  await run(location, 'postgres', ['--single', '-D', location.cluster, 'postgres'], statement);
}

/** @throws Error with the program's output. */
function run(location: Location, program: string, args: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(location.binaries, program), args, {
      cwd: dirname(location.cluster),
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      ...(location.account && { uid: location.account.uid, gid: location.account.gid }),
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} failed with code ${code}:\n${output.trim()}`)),
    );
    child.stdin.on('error', () => undefined); // it ended without reading; its exit code tells
    child.stdin.end(input);
  });
}
