import { OperatorError } from '../db/connect.ts';
import { namesOf } from './names.ts';
import type { Parent } from './new-module.ts';
import { schemaFiles } from './project-text.ts';
import { hasModel } from './schema-edits.ts';

/**
 * Returns the model whose rows own those of the new module: `users` → `User`.
 * @throws OperatorError if it is not a tenant model with an id.
 */
export function parentOf(module: string): Parent {
  const { Model, item, noun } = namesOf(module);
  const file = schemaFiles().find(({ text }) => hasModel(text, Model));
  if (!file) throw new OperatorError(`"${module}" cannot be the parent: there is no model ${Model} in prisma/schema.`);
  const body = new RegExp(`^model ${Model} \\{\\n(.*?)^\\}`, 'ms').exec(file.text)![1]!;
  if (!/^\s+@@id\(\[tenantId, id\]\)/m.test(body)) {
    throw new OperatorError(`"${module}" cannot be the parent: the key of ${Model} is not (tenantId, id).`);
  }
  return { Model, item, field: `${item}Id`, column: `${noun}_id`, file: file.path };
}
