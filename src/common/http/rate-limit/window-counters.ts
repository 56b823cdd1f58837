export const WINDOW_MS = 60_000;

interface Entry {
  windowStart: number;
  /** Total of all processes at the last reconciliation, including the reported part of this process. */
  shared: number;
  /** Counted in this process and not yet reported. */
  pending: number;
}

export interface WindowCount {
  key: string;
  /** Start of the window in epoch milliseconds. */
  windowStart: number;
  count: number;
}

export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Milliseconds until the window ends and the count restarts. */
  resetMs: number;
}

/**
 * Counts per key in fixed windows of one minute. Decides from memory; the counts of other processes arrive with
 * `reconcile`, so for about a second the processes together may allow more than the limit. Holds at most `maxKeys`
 * keys; the least recently used one is evicted, which loses at most its unreported count.
 */
export class WindowCounters {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly maxKeys: number,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** Counts one request unless the limit is reached; refused requests are not counted. */
  take(key: string, limit: number): Verdict {
    const entry = this.touch(key);
    const used = entry.shared + entry.pending;
    const allowed = used < limit;
    if (allowed) entry.pending += 1;
    return {
      allowed,
      limit,
      remaining: Math.max(0, limit - used - (allowed ? 1 : 0)),
      resetMs: entry.windowStart + WINDOW_MS - this.now(),
    };
  }

  /** Takes at most `max` unreported counts. They still count locally until `reconcile` or `putBack`. */
  drain(max: number): WindowCount[] {
    const drained: WindowCount[] = [];
    for (const [key, entry] of this.entries) {
      if (drained.length === max) break;
      if (entry.pending === 0) continue;
      drained.push({ key, windowStart: entry.windowStart, count: entry.pending });
      entry.shared += entry.pending;
      entry.pending = 0;
    }
    return drained;
  }

  /** Stores the totals of all processes. */
  reconcile(totals: readonly WindowCount[]): void {
    for (const { key, windowStart, count } of totals) {
      const entry = this.entries.get(key);
      if (entry?.windowStart === windowStart) entry.shared = count;
    }
  }

  /** Marks counts as unreported again after a failed report. */
  putBack(counts: readonly WindowCount[]): void {
    for (const { key, windowStart, count } of counts) {
      const entry = this.entries.get(key);
      if (entry?.windowStart !== windowStart) continue;
      entry.pending += count;
      entry.shared = Math.max(0, entry.shared - count);
    }
  }

  /** Removes keys whose window has ended. */
  sweep(): void {
    const current = this.currentWindow();
    for (const [key, entry] of this.entries) if (entry.windowStart < current) this.entries.delete(key);
  }

  private touch(key: string): Entry {
    const windowStart = this.currentWindow();
    const known = this.entries.get(key);
    const entry = known?.windowStart === windowStart ? known : { windowStart, shared: 0, pending: 0 };
    // A Map iterates in insertion order, so re-inserting moves the key to the end.
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.maxKeys) this.entries.delete(this.entries.keys().next().value as string);
    return entry;
  }

  private currentWindow(): number {
    const now = this.now();
    return now - (now % WINDOW_MS);
  }
}
