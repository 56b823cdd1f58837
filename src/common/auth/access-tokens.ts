import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { boundedCache } from '../caching/bounded-cache.js';
import { Config } from '../config/config.js';
import { UnauthenticatedError } from '../errors/app-error.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { databaseClock, databaseNow } from '../time/database-clock.js';

/** The claims of an access token. A token without `tenantId` belongs to a platform admin. */
export interface AccessClaims {
  /** Id of the user or platform admin. */
  readonly subject: string;
  readonly tenantId?: string;
  /** Id of the sign-in, which is the family of its refresh tokens. */
  readonly sessionId: string;
}

/** Verified claims. `expiresAt` is in epoch milliseconds and includes the leeway. */
export interface VerifiedClaims extends AccessClaims {
  readonly expiresAt: number;
}

const ALGORITHM = 'HS256';
const ISSUER = 'tenantry';
const TENANT_AUDIENCE = 'tenantry:tenant';
const PLATFORM_AUDIENCE = 'tenantry:platform';

/** Tolerated clock difference between processes. */
const LEEWAY_SECONDS = 5;
/** Tokens issued here have about 450 characters. */
const MAX_LENGTH = 2048;
const REMEMBERED = 10_000;

/**
 * Access tokens: JWTs signed with HMAC-SHA-256 (RFC 7519); `kid` names a key of the ring TOKEN_SIGNING_KEYS. The first
 * key signs, all of them verify. To rotate, put a new key first and remove the old one after the last token it signed
 * has expired.
 */
@Injectable()
export class AccessTokens {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly signingKid: string;
  private readonly ttlSeconds: number;
  /** Verification costs more than the rest of the identity check, and clients send the same token many times. */
  private readonly verified = boundedCache<VerifiedClaims>({ max: REMEMBERED });

  constructor(config: Config) {
    const ring = config.TOKEN_SIGNING_KEYS.split(',').map((entry) => {
      const [kid = '', secret = ''] = entry.split(':');
      return [kid, createSecretKey(secret, 'base64')] as const;
    });
    this.keys = new Map(ring);
    this.signingKid = ring[0]?.[0] ?? '';
    this.ttlSeconds = Math.floor(config.ACCESS_TOKEN_TTL_MS / 1000);
  }

  /** Signs a token for the claims. `expiresIn` is its lifetime in seconds, as OAuth's `expires_in`. */
  async sign({ subject, tenantId, sessionId }: AccessClaims): Promise<{ token: string; expiresIn: number }> {
    const now = Math.floor(databaseClock.nowMs() / 1000);
    const token = await new SignJWT({ sid: sessionId, ...(tenantId ? { tid: tenantId } : {}) })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.signingKid })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(tenantId ? TENANT_AUDIENCE : PLATFORM_AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.ttlSeconds)
      .sign(this.key(this.signingKid));
    return { token, expiresIn: this.ttlSeconds };
  }

  /** @throws UnauthenticatedError unless the token was issued here and has not expired. */
  async verify(token: string): Promise<VerifiedClaims> {
    const known = this.verified.get(token);
    if (known) return known;
    if (token.length > MAX_LENGTH) throw new UnauthenticatedError();
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.key(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: [TENANT_AUDIENCE, PLATFORM_AUDIENCE],
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
        currentDate: databaseNow(),
        clockTolerance: LEEWAY_SECONDS,
      });
      const claims = { ...this.claimsOf(payload), expiresAt: ((payload.exp ?? 0) + LEEWAY_SECONDS) * 1000 };
      const remainingMs = claims.expiresAt - databaseClock.nowMs();
      if (remainingMs > 0) this.verified.set(token, claims, { ttl: remainingMs });
      return claims;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new UnauthenticatedError('auth.unauthenticated', 'The access token has expired. Refresh it, or sign in.');
      }
      if (error instanceof errors.JOSEError) throw new UnauthenticatedError();
      throw error;
    }
  }

  private claimsOf({ sub, tid, sid, aud }: Record<string, unknown>): AccessClaims {
    const tenantFits = aud === TENANT_AUDIENCE ? isUuid(tid) : aud === PLATFORM_AUDIENCE && tid === undefined;
    if (!tenantFits || !isUuid(sub) || !isUuid(sid)) throw new UnauthenticatedError();
    return { subject: sub, sessionId: sid, ...(isUuid(tid) ? { tenantId: tid } : {}) };
  }

  private key(kid: string | undefined): KeyObject {
    const key = kid === undefined ? undefined : this.keys.get(kid);
    if (!key) throw new UnauthenticatedError();
    return key;
  }
}
