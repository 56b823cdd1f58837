/** How many there are of each key at the moment, with a bound for each: tasks of a tenant, open streams of a user. */
export class KeyedCounts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** False when there are `max` of the key already; otherwise `leave` must follow. */
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

  /** The keys of which there are `count` or more. */
  reaching(count: number): string[] {
    return [...this.#counts].filter(([, current]) => current >= count).map(([key]) => key);
  }
}
