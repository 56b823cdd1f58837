import fc from 'fast-check';
import { hasLength, lastPart, lengthOf, truncate } from './text-length.js';

/** Surrogate pairs, unpaired surrogates, joiners and combining characters among plain ones. */
const text = fc
  .string({ unit: 'binary' })
  .chain((plain) =>
    fc
      .array(fc.constantFrom('a', '👩‍🚀', '\u{1F600}', '\ud83d', '\ude00', 'e\u0301', '\u200d', '\0'))
      .map((odd) => plain + odd.join('')),
  );

describe('The length of a text', () => {
  it('is the number of its code points', () => {
    fc.assert(fc.property(text, (value) => expect(lengthOf(value)).toBe(Array.from(value).length)));
    expect(lengthOf('❤️'.repeat(128))).toBe(256);
  });

  it('is judged as it is counted', () => {
    fc.assert(
      fc.property(text, fc.nat(20), fc.nat(20), (value, min, max) => {
        const length = Array.from(value).length;
        expect(hasLength(value, min, max)).toBe(length >= min && length <= max);
      }),
    );
  });
});

describe('A text that is cut', () => {
  it('keeps the first code points, and no half of a pair that it did not have', () => {
    fc.assert(
      fc.property(text, fc.nat(20), (value, max) => {
        expect(truncate(value, max)).toBe(Array.from(value).slice(0, max).join(''));
        if (value.isWellFormed()) expect(truncate(value, max).isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps its end in the same way', () => {
    fc.assert(
      fc.property(text, fc.nat(20), (value, max) => {
        const end = lastPart(value, max);
        expect(value.endsWith(end)).toBe(true);
        expect(end.length).toBeLessThanOrEqual(max);
        if (value.isWellFormed()) expect(end.isWellFormed()).toBe(true);
      }),
    );
  });
});
