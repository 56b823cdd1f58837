import { createHash, randomBytes } from 'node:crypto';

export interface MintedSecret {
  /** Shown once, never stored. */
  readonly token: string;
  /** The stored form: SHA-256 of the whole token, in hex. The token has 256 random bits, so no slow hash is needed. */
  readonly hash: string;
}

const SECRET = /^([a-z]+)_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;
const PLATFORM_SECRET = /^platform_[A-Za-z0-9_-]{43}$/;

/**
 * Mints `<kind>_<tenant's uuid without dashes>_<43 characters of base64url>`. The token contains its tenant, which is
 * entered before the hash is looked up.
 * @param kind its purpose, so that a token of one kind cannot be used as another; a manifest declares it under
 * `secrets`.
 */
export function mintSecret(kind: string, tenantId: string): MintedSecret {
  return minted(`${kind}_${tenantId.replaceAll('-', '').toLowerCase()}_${randomBytes(32).toString('base64url')}`);
}

/**
 * Returns the tenant and the hash of a token of that kind, or null if malformed. Does not check that the token exists.
 */
export function readSecret(kind: string, token: string): { tenantId: string; hash: string } | null {
  const match = SECRET.exec(token);
  if (match?.[1] !== kind) return null;
  return { tenantId: match.slice(2, 7).join('-'), hash: hashSecret(token) };
}

/** Mints a refresh token of a platform admin, which belongs to no tenant. */
export function mintPlatformSecret(): MintedSecret {
  return minted(`platform_${randomBytes(32).toString('base64url')}`);
}

/** Returns the hash of a platform admin's refresh token, or null if malformed. */
export function readPlatformSecret(token: string): { hash: string } | null {
  return PLATFORM_SECRET.test(token) ? { hash: hashSecret(token) } : null;
}

function minted(token: string): MintedSecret {
  return { token, hash: hashSecret(token) };
}

function hashSecret(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
