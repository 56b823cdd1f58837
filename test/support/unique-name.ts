import { randomBytes } from 'node:crypto';

/** A name that no other test has, in no other process either: a valid slug and username. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
