import type { OpenAPIObject } from '@nestjs/swagger';
import { singular, withArticle } from './operation-names.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = { name: string; in: string; description?: string; schema?: { format?: string } };

/** Descriptions of query parameters that mean the same in every list. */
const COMMON: Record<string, string> = {
  page: 'The page of the list, counted from 1.',
  limit: 'The maximum number of entries to return.',
};

/** Describes parameters without a description whose meaning follows from their position. */
export function describeParameters(path: string, operation: Operation): void {
  for (const parameter of (operation.parameters ?? []) as Parameter[]) {
    const description = parameter.description ?? usualText(path, parameter);
    if (description) parameter.description = description;
  }
}

/**
 * The id in `/users/{id}` is that of a user. A query parameter without a description filters by the field of the same
 * name.
 */
function usualText(path: string, { name, in: place, schema }: Parameter): string | undefined {
  if (place === 'path' && schema?.format === 'uuid') return `The id of ${withArticle(resourceBefore(path, name))}.`;
  if (place === 'query') return COMMON[name] ?? `Returns only entries with this \`${name}\`.`;
  return undefined;
}

function resourceBefore(path: string, parameter: string): string[] {
  const collection = path.split(`/{${parameter}}`)[0]!.split('/').at(-1)!;
  return singular(collection).split('-');
}
