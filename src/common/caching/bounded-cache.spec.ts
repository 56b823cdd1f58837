import { setTimeout as delay } from 'node:timers/promises';
import { boundedCache } from './bounded-cache.js';

describe('a bounded cache', () => {
  it('drops what was used longest ago when it is full', () => {
    const cache = boundedCache<number>({ max: 3 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index);
    cache.get('a');
    cache.set('d', 3);
    expect([...cache.keys()].sort()).toEqual(['a', 'c', 'd']);
  });

  it('drops what is older than its time', async () => {
    const cache = boundedCache<true>({ max: 3, ttl: 1 });
    cache.set('a', true);
    await delay(20);
    expect(cache.has('a')).toBe(false);
  });
});
