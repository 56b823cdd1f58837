export const WINDOW_MS = 60_000;

interface Entry {
  windowStart: number;
  /** The count of all processes at the last reconciliation, including the reported part of this one. */
  shared: number;
  /** Counted here and not yet reported. */
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
  /** Until the window ends and everything is allowed again. */
  resetMs: number;
}

/**
 * Counts per key in fixed windows of one minute. Answers from memory at once; other processes' counts arrive with
 * `reconcile`, so that for about a second the processes together may allow more than the limit.
 * Holds at most `maxKeys`: the key unused for longest is forgotten (and with it at most its unreported count).
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

  /** Counts one request, unless the limit is reached already: what is refused costs nothing. */
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

  /** Takes out at most `max` unreported counts. They keep counting here until `reconcile` or `putBack`. */
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

  /** Totals of all processes. */
  reconcile(totals: readonly WindowCount[]): void {
    for (const { key, windowStart, count } of totals) {
      const entry = this.entries.get(key);
      if (entry?.windowStart === windowStart) entry.shared = count;
    }
  }

  /** Counts that could not be reported are unreported again. */
  putBack(counts: readonly WindowCount[]): void {
    for (const { key, windowStart, count } of counts) {
      const entry = this.entries.get(key);
      if (entry?.windowStart !== windowStart) continue;
      entry.pending += count;
      entry.shared = Math.max(0, entry.shared - count);
    }
  }

  /** Forgets keys whose window is over. */
  sweep(): void {
    const current = this.currentWindow();
    for (const [key, entry] of this.entries) if (entry.windowStart < current) this.entries.delete(key);
  }

  private touch(key: string): Entry {
    const windowStart = this.currentWindow();
    const known = this.entries.get(key);
    const entry = known?.windowStart === windowStart ? known : { windowStart, shared: 0, pending: 0 };
    // A Map iterates in order of insertion: whoever was used last goes to the end.
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
