import { jsonSize, memorySize } from './json-size.js';

describe('The size of a value', () => {
  it.each<[unknown]>([[null], [true], ['grün'], [1.5], [[]], [{}], [[1, 'a', null, [2]]], [{ a: { b: ['c', {}] } }]])(
    'is that of its JSON, give or take a separator for each item: %j',
    (value) => {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      expect(jsonSize(value)).toBeGreaterThanOrEqual(bytes - 1);
      expect(jsonSize(value)).toBeLessThanOrEqual(bytes * 1.5 + 3);
    },
  );

  it('is not counted beyond the limit, however deep or often the same thing stands there', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(jsonSize(deep)).toBeGreaterThan(400_000);
    let doubled: unknown = 'x';
    for (let level = 0; level < 200; level += 1) doubled = [doubled, doubled];
    expect(jsonSize(doubled, 10_000)).toBeLessThan(20_000);
    expect(memorySize(doubled, 10_000)).toBeGreaterThan(10_000);
  });

  it('counts in memory what JSON hardly shows', () => {
    const many = Array.from({ length: 1000 }, () => []);
    expect(memorySize(many)).toBeGreaterThan(10 * JSON.stringify(many).length);
  });
});
