import { readFileSync } from 'node:fs';
import { OperatorError } from '../db/connect.ts';
import type { ModuleNames } from './names.ts';
import { MODULE_LIST } from './project-text.ts';

/** Position of a new module in the list; if neither is given, it is the last. */
export interface Place {
  before?: string;
  after?: string;
}

const ENTRY = /^ {2}\{ name: '([a-z0-9-]+)'.*\},\n/gm;

/**
 * Returns the text of `src/modules/modules.ts` with the module's line added.
 * @throws OperatorError if the place names a module that is not in the list.
 */
export function withModule(text: string, { module }: Pick<ModuleNames, 'module'>, { before, after }: Place): string {
  const entries = [...text.matchAll(ENTRY)];
  const neighbour = before ?? after;
  const found = neighbour === undefined ? entries.at(-1) : entries.find(([, name]) => name === neighbour);
  if (!found) {
    const known = entries.map(([, name]) => name).join(', ');
    throw new OperatorError(`There is no module "${neighbour}" to stand beside. There are: ${known}.`);
  }
  const at = found.index + (before === undefined ? found[0].length : 0);
  const loaders = `load: () => import('./${module}/${module}.module.js'), manifest: () => import('./${module}/${module}.manifest.ts')`;
  return `${text.slice(0, at)}  { name: '${module}', ${loaders} },\n${text.slice(at)}`;
}

/** @throws OperatorError as `withModule` does. */
export function assertPlace(place: Place): void {
  withModule(readFileSync(MODULE_LIST, 'utf8'), { module: 'labels' }, place);
}

/** Returns the text without the module's line. */
export function withoutModule(text: string, module: string): string {
  return text.replace(ENTRY, (line, name) => (name === module ? '' : line));
}
