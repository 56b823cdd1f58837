/** Where caches learn that what they hold has changed. */
export abstract class ChangeFeed {
  /** Whether changes are heard of at the moment. While they are not, nothing may be answered from a cache. */
  abstract readonly isHeard: boolean;
}
