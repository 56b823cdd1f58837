import fc from 'fast-check';
import type { Schema } from './api-description.js';
import { MARKER, Placeholder } from './placeholders.js';

export const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });

/** Of the newest: what was made for others to use is put first. */
export const somePick = fc.nat(3);

/** Fields whose meaning their schema does not tell. Others are made from their schema and example alone. */
const KNOWN: [RegExp, fc.Arbitrary<unknown>][] = [
  [/email$/i, hex(10).map((name) => `u${name}@${MARKER}.test`)],
  [/^username$/, hex(10).map((name) => `u${name}-${MARKER}`)],
  [/^slug$/, hex(10).map((name) => `s${name}`)],
  [/^domain$/, hex(10).map((name) => `d${name}.example.test`)],
  [/^timezone$/i, fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kolkata')],
  [/^tenant$/, fc.constantFrom(new Placeholder('tenant slug'), new Placeholder('tenant id'))],
  [/^identifier$/, fc.constant(new Placeholder('identifier'))],
  [/^(currentPassword|password)$/, fc.constant(new Placeholder('password'))],
  [/^refreshToken$/, fc.constantFrom(new Placeholder('refresh token'), new Placeholder('other refresh token'))],
  [/^token$/, ownOrOther('key', '', 'token', new Placeholder('forged token'))],
];

/** Ids that say by their name what they are the id of. */
const KNOWN_IDS: [RegExp, string][] = [
  [/^(.*userId|successorId|from|to)$/i, '/api/v1/users'],
  [/^workflowIds?$/, '/api/v1/workflows'],
  [/^powerTransferId$/, '/api/v1/power-transfers'],
];

/** Values of a text, where its name says more than its schema. */
export function knownField(name: string, { format }: Schema): fc.Arbitrary<unknown> | undefined {
  const byName = KNOWN.find(([pattern]) => pattern.test(name));
  if (byName || format !== 'uuid') return byName?.[1];
  const collection = KNOWN_IDS.find(([pattern]) => pattern.test(name))?.[1];
  return collection === undefined ? undefined : ownOrOther('id', collection, 'id', fc.uuid());
}

function ownOrOther(
  kind: 'id' | 'key',
  collection: string,
  field: string,
  none: Placeholder | fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const item = (whose: 'own' | 'other'): fc.Arbitrary<unknown> =>
    somePick.map((pick) => new Placeholder(`${whose} ${kind}`, collection, field, pick));
  return fc.oneof(
    { arbitrary: item('own'), weight: 6 },
    { arbitrary: item('other'), weight: 2 },
    { arbitrary: none instanceof Placeholder ? fc.constant(none) : none, weight: 1 },
  );
}
