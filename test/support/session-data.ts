import { createHash, randomBytes } from 'node:crypto';

const HOUR_MS = 3_600_000;

/** A sign-in whose refresh token nobody knows, as the columns of its row. */
export function sessionData(familyId: string): { familyId: string; tokenHash: string; expiresAt: Date } {
  const tokenHash = createHash('sha256').update(randomBytes(32)).digest('hex');
  return { familyId, tokenHash, expiresAt: new Date(Date.now() + HOUR_MS) };
}
