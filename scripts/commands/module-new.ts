import { parseArgs } from 'node:util';
import { OperatorError } from '../db/connect.ts';
import { FIELD_USAGE, fieldsOf } from '../module/fields.ts';
import { assertFree } from '../module/free-names.ts';
import { assertPlace, type Place } from '../module/module-list.ts';
import { namesOf } from '../module/names.ts';
import type { NewModule } from '../module/new-module.ts';
import { parentOf } from '../module/parent.ts';
import { writeModule } from '../module/write-module.ts';
import { say } from '../progress.mjs';

const USAGE = `Usage: npm run module:new -- <plural-noun> [--field <field>]... [--parent <module>] [--after <module> | --before <module>]
A field is ${FIELD_USAGE}; without any, the module has name:text:unique.
--parent: each belongs to one of another module, and is deleted with it. --after, --before: the place in the order of imports; last by default.
Example: npm run module:new -- labels --field name:text:unique --field colour:text?`;

/**
 * `npm run module:new -- labels`: creates a module with its table, routes, events and tests. Needs no server.
 * @throws OperatorError if the arguments are invalid, or the name is taken.
 */
export async function moduleNew(args: string[]): Promise<number> {
  const { made, place } = planModule(args);
  const files = await writeModule(made, place);
  const { module } = made.names;
  say(`Created the module ${module}:`);
  for (const file of files) say(`  ${file}`);
  say('Next:');
  say('  npm run db:migrate    applies the migration, after you have reviewed it');
  say('  npm run docs          adds the routes to docs/openapi.json');
  say('  npm run check');
  say(`  npm test -- test/e2e/${module}`);
  say(`npm run module:remove -- ${module} removes it again, as long as its migration is not committed.`);
  return 0;
}

/**
 * Parses the arguments without writing anything.
 * @throws OperatorError as `moduleNew` does.
 */
export function planModule(args: string[]): { made: NewModule; place: Place } {
  const { values, positionals } = parsed(args);
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new OperatorError(USAGE);
  const { before, after, field, parent } = values;
  if (before !== undefined && after !== undefined) throw new OperatorError(`Give --before or --after.\n${USAGE}`);
  const made: NewModule = {
    names: namesOf(name),
    fields: fieldsOf(field ?? ['name:text:unique']),
    ...(parent !== undefined && { parent: parentOf(parent) }),
  };
  const place = { before, after };
  assertFree(made);
  assertPlace(place);
  return { made, place };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        field: { type: 'string', multiple: true },
        parent: { type: 'string' },
        before: { type: 'string' },
        after: { type: 'string' },
      },
    });
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${USAGE}`);
  }
}
