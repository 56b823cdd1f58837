import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { canEnter, serverAccount, type Account } from './account.ts';
import { findPlatformPackage, type PlatformPackage } from './platform-package.ts';

export interface Location {
  account: Account | null;
  /** Where initdb puts, or has put, the database files. */
  cluster: string;
  /** Folder of `initdb` and `postgres`. */
  binaries: string;
  /** Set when the data folder is out of reach of `account`: what is used instead. */
  outside: string | null;
}

const OUTSIDE_PARENTS = ['/var/tmp', '/tmp'];

/**
 * Decides where the server's files live. Normally under the data folder. Where PostgreSQL must run as another user that
 * cannot enter the clone (a clone under /root, say), data and a copy of the binaries go to a folder named after the path.
 */
export function resolveLocation(dataFolder: string): Location {
  const account = serverAccount();
  makeEnterable(dataFolder);
  const platform = findPlatformPackage();
  if (canEnter(account, dataFolder) && canEnter(account, join(platform.native, 'bin'))) {
    return { account, cluster: join(dataFolder, 'postgres'), binaries: join(platform.native, 'bin'), outside: null };
  }
  const outside = outsideFolder(dataFolder, account);
  return { account, cluster: join(outside, 'postgres'), binaries: copyBinaries(platform, outside, account), outside };
}

function outsideFolder(dataFolder: string, account: Account | null): string {
  const parent = OUTSIDE_PARENTS.find((folder) => existsSync(folder) && canEnter(account, folder));
  if (!parent)
    throw new Error(`The user ${account?.name} can enter neither ${dataFolder} nor ${OUTSIDE_PARENTS.join(' nor ')}.`);
  const hash = createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 12);
  const folder = join(parent, `tenantry-${hash}`);
  makeEnterable(folder);
  // The parent is writable by everybody: what somebody else has prepared there is not to be trusted.
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(
      `${folder} belongs to another user. Remove it, or move the project to a folder that ${account?.name} can enter.`,
    );
  }
  return folder;
}

function copyBinaries({ native, version }: PlatformPackage, outside: string, account: Account | null): string {
  const target = join(outside, `native-${version}`);
  if (!existsSync(target)) {
    // Copied aside first: an interrupted copy must not look finished.
    const draft = `${target}.part`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    giveTreeTo(account, draft);
    renameSync(draft, target);
  }
  return join(target, 'bin');
}

/** Whatever the umask says: secrets in it have modes of their own. */
function makeEnterable(folder: string): void {
  if (mkdirSync(folder, { recursive: true })) chmodSync(folder, 0o755);
}

/** A copy has the modes of the original, which under a strict umask are for its owner alone. */
function giveTreeTo(account: Account | null, folder: string): void {
  giveTo(account, folder);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (account) lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

/** Makes `path` belong to the server's user; nothing to do where the server runs as ourselves. */
export function giveTo(account: Account | null, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}
