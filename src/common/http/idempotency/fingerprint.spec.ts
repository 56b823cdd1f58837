import { InvalidInputError } from '../../errors/app-error.js';
import { canonicalJson, fingerprintOf } from './fingerprint.js';

describe('canonicalJson', () => {
  it('does not depend on the order of keys, but on that of items', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  it('tells types apart', () => {
    const texts = [1, '1', true, 'true', null, 'null', [], {}, ''].map((value) => canonicalJson(value));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('refuses what would exhaust the stack', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(() => canonicalJson(deep)).toThrow(InvalidInputError);
  });
});

describe('fingerprintOf', () => {
  it('covers body and query', () => {
    const base = fingerprintOf('?dryRun=true&a=1', { name: 'x' });
    expect(fingerprintOf('?a=1&dryRun=true', { name: 'x' })).toBe(base);
    expect(fingerprintOf('?dryRun=true', { name: 'x' })).not.toBe(base);
    expect(fingerprintOf('?dryRun=true&a=1', { name: 'y' })).not.toBe(base);
    expect(fingerprintOf('?dryRun=true&a=1', undefined)).not.toBe(base);
  });

  it('sorts no keys of a large body', () => {
    const text = 'x'.repeat(40_000);
    expect(fingerprintOf('', { a: text, b: 1 })).toBe(fingerprintOf('', { a: text, b: 1 }));
    expect(fingerprintOf('', { a: text, b: 1 })).not.toBe(fingerprintOf('', { a: text, b: 2 }));
    expect(fingerprintOf('', { a: text, b: 1 })).not.toBe(fingerprintOf('', { b: 1, a: text }));
  });
});
