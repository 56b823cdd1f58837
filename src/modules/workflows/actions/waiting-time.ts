/** Nothing waits longer than a year: definitions, people and keys change in less. */
export const MAX_WAIT_MS = 31_536_000_000;

/** From now, or the time itself; at most a year ahead. */
export function waitUntil({ ms, at }: { ms?: number; at?: string }): Date {
  const time = at === undefined ? Date.now() + (ms ?? 0) : Date.parse(at);
  return new Date(Math.min(time, Date.now() + MAX_WAIT_MS));
}
