import { KeyedCounts } from './keyed-counts.js';

describe('KeyedCounts', () => {
  it('lets in as many of a key as its bound allows, and another when one has left', () => {
    const counts = new KeyedCounts();
    expect([counts.enter('a', 2), counts.enter('a', 2), counts.enter('a', 2)]).toEqual([true, true, false]);
    expect(counts.enter('b', 2)).toBe(true);
    counts.leave('a');
    expect(counts.of('a')).toBe(1);
    expect(counts.enter('a', 2)).toBe(true);
  });

  it('names the keys that have reached a count', () => {
    const counts = new KeyedCounts();
    for (const key of ['a', 'a', 'b', 'c', 'c', 'c']) counts.enter(key);
    expect(counts.reaching(2)).toEqual(['a', 'c']);
    counts.leave('a');
    expect(counts.reaching(2)).toEqual(['c']);
  });
});
