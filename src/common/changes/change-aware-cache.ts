import type { LRUCache } from 'lru-cache';
import { boundedCache } from '../caching/bounded-cache.js';
import type { ChangeFeed } from './change-feed.js';

export interface ChangeAwareCacheOptions<V> {
  readonly max: number;
  /** Maximum age of an entry in milliseconds; 0 or less means that the value is not kept. */
  readonly ttlMs: (value: V) => number;
}

interface Load<V> {
  readonly generation: number;
  readonly value: Promise<V>;
}

/**
 * A bounded cache of database results, used only while change notifications are received. A load that began before an
 * invalidation may have read the old state: callers already waiting for it get its result, but it is not stored and
 * later callers do not share it.
 */
export class ChangeAwareCache<V extends object> {
  private readonly entries: LRUCache<string, V>;
  private readonly loads = new Map<string, Load<V>>();
  /** Number of invalidations so far. */
  private generation = 0;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly options: ChangeAwareCacheOptions<V>,
  ) {
    this.entries = boundedCache({ max: options.max });
  }

  /** Returns the cached value or the result of `load`; simultaneous callers share one load. Errors are not cached. */
  get(key: string, load: () => Promise<V>): V | Promise<V> {
    if (!this.feed.isHeard) return load();
    const known = this.entries.get(key);
    if (known) return known;
    const running = this.loads.get(key);
    if (running?.generation === this.generation) return running.value;
    return this.load(key, load);
  }

  forget(key: string): void {
    this.generation += 1;
    this.entries.delete(key);
  }

  /** Scans every entry, so use it for rare changes only. */
  forgetWhere(concerns: (value: V) => boolean): void {
    this.generation += 1;
    for (const [key, value] of this.entries) if (concerns(value)) this.entries.delete(key);
  }

  clear(): void {
    this.generation += 1;
    this.entries.clear();
  }

  private load(key: string, load: () => Promise<V>): Promise<V> {
    const { generation } = this;
    const value = this.store(key, generation, load);
    const entry = { generation, value };
    this.loads.set(key, entry);
    const done = (): void => {
      if (this.loads.get(key) === entry) this.loads.delete(key);
    };
    value.then(done, done);
    return value;
  }

  private async store(key: string, generation: number, load: () => Promise<V>): Promise<V> {
    const value = await load();
    const ttl = this.options.ttlMs(value);
    if (generation === this.generation && this.feed.isHeard && ttl > 0) this.entries.set(key, value, { ttl });
    return value;
  }
}
