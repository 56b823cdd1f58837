import { OperatorError } from '../db/connect.ts';
import { namesOf } from '../module/names.ts';
import { removeModule } from '../module/remove-module.ts';
import { say } from '../progress.mjs';

/**
 * `npm run module:remove -- labels`: removes what `module:new` has created, unless its migration is committed.
 * @throws OperatorError if it is committed, or other code needs the module.
 */
export async function moduleRemove(args: string[]): Promise<number> {
  const [name, ...others] = args;
  if (name === undefined || others.length > 0) throw new OperatorError('Usage: npm run module:remove -- <module>');
  const files = await removeModule(namesOf(name));
  say(`Removed the module ${name}:`);
  for (const file of files) say(`  ${file}`);
  say('If its routes are already in docs/openapi.json: npm run docs removes them.');
  say('If its migration was applied: npm run db:reset deletes your database with all its data and creates it again.');
  return 0;
}
