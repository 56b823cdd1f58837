import fc from 'fast-check';
import type { Schema } from './api-description.js';
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
export function knownField(name: string, { format }: Schema): fc.Arbitrary<unknown> | undefined {
  const byName = KNOWN.find(([pattern]) => pattern.test(name));
  if (byName || format !== 'uuid') return byName?.[1];
  const collection = KNOWN_IDS.find(([pattern]) => pattern.test(name))?.[1];
  return collection === undefined ? undefined : ownOrOther('id', `/api/v1${collection}`, 'id', fc.uuid());
}
