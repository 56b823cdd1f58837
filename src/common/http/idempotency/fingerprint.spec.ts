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

  it('compares a large body by its digest', () => {
    const base = fingerprintOf('?a=1', { name: 'x' }, 'digest');
    expect(fingerprintOf('?a=1', { name: 'y' }, 'digest')).toBe(base);
    expect(fingerprintOf('?a=1', { name: 'x' }, 'other')).not.toBe(base);
    expect(fingerprintOf('?a=2', { name: 'x' }, 'digest')).not.toBe(base);
    expect(fingerprintOf('?a=1', { name: 'x' })).not.toBe(base);
  });
});
