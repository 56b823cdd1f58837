/** Notifies caches that the data they hold has changed. */
export abstract class ChangeFeed {
  /** False while the connection is down: nothing may be answered from a cache then. */
  abstract readonly isHeard: boolean;
}
