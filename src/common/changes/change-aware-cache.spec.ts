import { ChangeAwareCache } from './change-aware-cache.js';

interface Entry {
  name: string;
}

function setUp(): { feed: { isHeard: boolean }; cache: ChangeAwareCache<Entry> } {
  const feed = { isHeard: true };
  return { feed, cache: new ChangeAwareCache<Entry>(feed, { max: 10, ttlMs: () => 60_000 }) };
}

describe('ChangeAwareCache', () => {
  it('loads once for simultaneous callers, and then not at all', async () => {
    const { cache } = setUp();
    let loads = 0;
    const load = async (): Promise<Entry> => ({ name: `load ${(loads += 1)}` });

    await Promise.all([cache.get('a', load), cache.get('a', load)]);
    await cache.get('a', load);

    expect(loads).toBe(1);
  });

  it('loads again after a forget', async () => {
    const { cache } = setUp();
    await cache.get('a', async () => ({ name: 'old' }));
    cache.forget('a');
    await expect(cache.get('a', async () => ({ name: 'new' }))).resolves.toEqual({ name: 'new' });
  });

  it('does not store a load that began before a forget, and lets nobody join it', async () => {
    const { cache } = setUp();
    const slow = Promise.withResolvers<Entry>();
    const early = cache.get('a', () => slow.promise);
    cache.forget('a');
    const late = cache.get('a', async () => ({ name: 'new' }));
    slow.resolve({ name: 'old' });

    await expect(early).resolves.toEqual({ name: 'old' });
    await expect(late).resolves.toEqual({ name: 'new' });
    expect(cache.get('a', async () => ({ name: 'newer' }))).toEqual({ name: 'new' });
  });

  it('answers nothing and stores nothing while changes are not heard of', async () => {
    const { cache, feed } = setUp();
    await cache.get('a', async () => ({ name: 'one' }));
    feed.isHeard = false;
    await expect(cache.get('a', async () => ({ name: 'two' }))).resolves.toEqual({ name: 'two' });
    cache.clear();
    feed.isHeard = true;
    await expect(cache.get('a', async () => ({ name: 'three' }))).resolves.toEqual({ name: 'three' });
  });

  it('does not store a load during which the feed was lost and came back', async () => {
    const { cache, feed } = setUp();
    const slow = Promise.withResolvers<Entry>();
    const early = cache.get('a', () => slow.promise);
    feed.isHeard = false;
    cache.clear();
    feed.isHeard = true;
    slow.resolve({ name: 'old' });
    await early;

    await expect(cache.get('a', async () => ({ name: 'new' }))).resolves.toEqual({ name: 'new' });
  });

  it('keeps no errors', async () => {
    const { cache } = setUp();
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await expect(cache.get('a', async () => ({ name: 'back' }))).resolves.toEqual({ name: 'back' });
  });

  it('forgets what concerns a change, and only that', async () => {
    const { cache } = setUp();
    await cache.get('a', async () => ({ name: 'a' }));
    await cache.get('b', async () => ({ name: 'b' }));
    cache.forgetWhere(({ name }) => name === 'a');
    await expect(cache.get('a', async () => ({ name: 'a2' }))).resolves.toEqual({ name: 'a2' });
    expect(cache.get('b', async () => ({ name: 'b2' }))).toEqual({ name: 'b' });
  });
});
