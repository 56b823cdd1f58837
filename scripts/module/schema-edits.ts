import { OperatorError } from '../db/connect.ts';

/**
 * Adds the other side of a relation, which Prisma requires, to a model in the text of a schema file.
 * @param relation such as `labels Label[]`.
 * @throws OperatorError if the model is not in the file.
 */
export function withBackRelation(text: string, model: string, relation: string): string {
  const { before, body, after } = partsOf(text, model);
  const lines = body.split('\n');
  // After the other lists, before the keys.
  const last = lines.findLastIndex((line) => /^\s+\w+\s+\w+\[\]/.test(line));
  const keys = lines.findIndex((line) => /^\s+@@/.test(line));
  const at = last >= 0 ? last + 1 : keys >= 0 ? keys : lines.length;
  lines.splice(at, 0, `  ${relation}`);
  return before + lines.join('\n') + after;
}

/** Returns the text without lists of the model's rows. */
export function withoutBackRelations(text: string, model: string): string {
  return text.replaceAll(new RegExp(`^[ \\t]+\\w+[ \\t]+${model}\\[\\].*\\n`, 'gm'), '');
}

/** Returns whether a model has a column, a list or a relation with this name. */
export function hasField(text: string, model: string, field: string): boolean {
  return new RegExp(`^\\s+${field}\\s`, 'm').test(partsOf(text, model).body);
}

export function hasModel(text: string, model: string): boolean {
  return new RegExp(`^model ${model} \\{`, 'm').test(text);
}

/** Returns the models whose rows refer to those of the model. */
export function modelsPointingAt(text: string, model: string): string[] {
  return [...text.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)]
    .filter(([, name, body]) => name !== model && new RegExp(`^\\s+\\w+\\s+${model}\\??\\s+@relation`, 'm').test(body!))
    .map(([, name]) => name!);
}

function partsOf(text: string, model: string): { before: string; body: string; after: string } {
  const found = new RegExp(`^model ${model} \\{\\n(.*?)^\\}`, 'ms').exec(text);
  if (!found) throw new OperatorError(`There is no model ${model} in the Prisma schema.`);
  const start = found.index + found[0].indexOf('\n') + 1;
  const end = start + found[1]!.length;
  return { before: text.slice(0, start), body: text.slice(start, end), after: text.slice(end) };
}
