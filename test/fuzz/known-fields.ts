import fc from 'fast-check';
import { singular } from '../../src/common/http/openapi/operation-names.js';
import type { ApiDocument, Schema } from './api-description.js';
import { hex, ownOrOther } from './field-values.js';
import { FURNITURE } from './module-furniture.js';
import { MARKER, Placeholder } from './placeholders.js';

/** Fields that mean the same in every module. Those of one module are in its furniture. */
const COMMON: [RegExp, fc.Arbitrary<unknown>][] = [
  [/email$/i, hex(10).map((name) => `u${name}@${MARKER}.test`)],
  [/^timezone$/i, fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kolkata')],
  [/^tenant$/, fc.constantFrom(new Placeholder('tenant slug'), new Placeholder('tenant id'))],
];

const KNOWN = [...COMMON, ...FURNITURE.flatMap(({ fields = [] }) => fields)];
const KNOWN_IDS = FURNITURE.flatMap(({ ids = [] }) => ids);

/** Values of a text, where its name says more than its schema. */
export function knownField(name: string, { format }: Schema, document: ApiDocument): fc.Arbitrary<unknown> | undefined {
  const byName = KNOWN.find(([pattern]) => pattern.test(name));
  if (byName || format !== 'uuid') return byName?.[1];
  const told = KNOWN_IDS.find(([pattern]) => pattern.test(name))?.[1];
  const collection = told === undefined ? collectionOf(name, document) : `/api/v1${told}`;
  return collection === undefined ? undefined : ownOrOther('id', collection, 'id', fc.uuid());
}

/** `labelId` and `labelIds` are of `/api/v1/labels`, where the API has such a collection. */
function collectionOf(name: string, { paths }: ApiDocument): string | undefined {
  const collections = Object.keys(paths).filter((path) => /^\/api\/v1\/[a-z-]+\/\{id\}/.test(path));
  return collections
    .map((path) => path.replace(/\/\{id\}.*$/, ''))
    .find((path) => {
      const item = singular(path.split('/').at(-1)!).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      return name === `${item}Id` || name === `${item}Ids`;
    });
}
