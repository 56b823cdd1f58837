/** Counts items per key, with an optional limit: tasks of a tenant, open streams of a user. */
export class KeyedCounts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Returns false if the key already has `max` items; otherwise the caller must call `leave` later. */
  enter(key: string, max = Infinity): boolean {
    const count = this.of(key);
    if (count >= max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leave(key: string): void {
    const left = this.of(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  /** Returns the keys with at least `count` items. */
  reaching(count: number): string[] {
    return [...this.#counts].filter(([, current]) => current >= count).map(([key]) => key);
  }
}
