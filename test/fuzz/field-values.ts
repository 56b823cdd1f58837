import fc from 'fast-check';
import { Placeholder } from './placeholders.js';

export const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });

/** Of the newest: what was made for others to use is put first. */
export const somePick = fc.nat(3);

/** Mostly something of the caller's own tenant, now and then of the other one or of nobody. */
export function ownOrOther(
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
