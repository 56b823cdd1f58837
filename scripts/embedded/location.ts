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
  /** Folder of the database files that initdb creates. */
  cluster: string;
  /** Folder of `initdb` and `postgres`. */
  binaries: string;
  /** The replacement for the data folder if `account` cannot access that; null otherwise. */
  outside: string | null;
}

const OUTSIDE_PARENTS = ['/var/tmp', '/tmp'];

/**
 * Decides where the server's files are stored: normally in the data folder. If PostgreSQL must run as another user that
 * cannot enter the clone (for example a clone under /root), data and a copy of the binaries are stored in a folder
 * named after the path.
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
  // Everybody can write to the parent, so a folder prepared by somebody else is not trusted.
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
    // Copied to a temporary name first, so that an interrupted copy does not look complete.
    const draft = `${target}.part`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    giveTreeTo(account, draft);
    renameSync(draft, target);
  }
  return join(target, 'bin');
}

/** Sets the mode regardless of the umask; secrets inside have modes of their own. */
function makeEnterable(folder: string): void {
  if (mkdirSync(folder, { recursive: true })) chmodSync(folder, 0o755);
}

/** Copies have the modes of the originals, which under a strict umask only their owner can read. */
function giveTreeTo(account: Account | null, folder: string): void {
  giveTo(account, folder);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (account) lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

/** Makes the server's user the owner of `path`; does nothing if the server runs as the current user. */
export function giveTo(account: Account | null, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}
