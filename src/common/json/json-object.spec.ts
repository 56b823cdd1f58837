import { problemOfJson } from './json-object.js';

describe('A free JSON object', () => {
  it('is any object of strings, numbers, booleans, nulls, lists and objects', () => {
    expect(problemOfJson({ a: [1, 'zwei', null, { b: true }], ключ: '🙂' })).toBeUndefined();
  });

  it.each([[null], ['text'], [1], [[1]], [undefined]])('is not %j', (value) => {
    expect(problemOfJson(value)).toBe('must be a JSON object');
  });

  it('is refused, not followed, when it is nested very deep', () => {
    const deep = JSON.parse(`${'{\"a\":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as unknown;
    expect(problemOfJson(deep)).toMatch(/nested/);
  });

  it('is measured in bytes, not in characters', () => {
    expect(problemOfJson({ a: 'x'.repeat(65_528) })).toBeUndefined();
    expect(problemOfJson({ a: 'x'.repeat(65_529) })).toMatch(/larger/);
    expect(problemOfJson({ a: 'é'.repeat(40_000) })).toMatch(/larger/);
  });
});
