import { LRUCache } from 'lru-cache';

export interface CacheBounds {
  /** Maximum number of entries; the least recently used are evicted. */
  readonly max: number;
  /** Lifetime of an entry in milliseconds. Default: until it is evicted. */
  readonly ttl?: number;
}

/** A cache whose memory grows as it fills: lru-cache's `max` would allocate space for all entries at once. */
export function boundedCache<V extends object | number | true>({ max, ttl = 0 }: CacheBounds): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: max, sizeCalculation: () => 1, ttl });
}
