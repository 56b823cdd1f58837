import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { MODULES } from '../../src/modules/modules.js';
import type { Furniture } from './furniture.js';

const FOLDER = join(packageRoot(), 'test/fuzz/furniture');

/** The furniture of all modules that have some, in the order of the modules. */
export const FURNITURE = await loadFurniture();

async function loadFurniture(): Promise<Furniture[]> {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));
  const modules = MODULES.map(({ name }) => name);
  const stray = names.find((name) => !modules.includes(name));
  if (stray !== undefined) throw new Error(`test/fuzz/furniture/${stray}.ts is named after no module.`);
  const all: Furniture[] = [];
  // One after the other: Jest does not link two files at a time that import the same.
  for (const name of modules.filter((module) => names.includes(module))) {
    const { furniture } = (await import(join(FOLDER, `${name}.ts`))) as { furniture: Furniture };
    all.push(furniture);
  }
  return all;
}
