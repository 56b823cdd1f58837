import { LRUCache } from 'lru-cache';

export interface CacheBounds {
  /** Entries; those used longest ago make room. */
  readonly max: number;
  /** How long an entry is kept, in milliseconds; without it, until it has to make room. */
  readonly ttl?: number;
}

/** A cache that takes memory as it fills: `max` of lru-cache alone would take the room for all entries at once. */
export function boundedCache<V extends object | number | true>({ max, ttl = 0 }: CacheBounds): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: max, sizeCalculation: () => 1, ttl });
}
