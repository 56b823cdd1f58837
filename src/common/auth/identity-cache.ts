import { Injectable } from '@nestjs/common';
import { TenantResolver } from './tenant-resolver.js';
import type { AccessClaims } from './access-tokens.js';
import { ChangeAwareCache } from '../changes/change-aware-cache.js';
import type { Identity } from './identity.js';
import { type IdentityChange, IdentityListener } from '../changes/identity-listener.js';
import { IdentityReadModel } from './identity.read-model.js';
import type { UserStanding } from './user-standing.js';
import { databaseClock } from '../time/database-clock.js';

const MAX_IDENTITIES = 20_000;
const TTL_MS = 300_000;

/** Thrown for a key that does not exist, so that it is not cached: the cache keeps no errors. */
class UnknownApiKeyError extends Error {}

/**
 * Caches identities of credentials and roles of users, which saves a database round trip per request or step. Code that
 * changes a user, a session, a key or a tenant calls `forget…` after the commit, so that the change takes effect at
 * once in this process; other processes are notified by the database.
 */
@Injectable()
export class IdentityCache {
  private readonly identities: ChangeAwareCache<Identity>;
  private readonly standings: ChangeAwareCache<UserStanding>;

  constructor(
    private readonly readModel: IdentityReadModel,
    private readonly tenants: TenantResolver,
    listener: IdentityListener,
  ) {
    this.identities = new ChangeAwareCache(listener, {
      max: MAX_IDENTITIES,
      ttlMs: ({ expiresAt }) => Math.min(TTL_MS, expiresAt - databaseClock.nowMs()),
    });
    this.standings = new ChangeAwareCache(listener, { max: MAX_IDENTITIES, ttlMs: () => TTL_MS });
    listener.subscribe({ onChange: (change) => this.apply(change), onGap: () => this.clear() });
  }

  /** Returns the current identity of a verified access token. */
  async ofToken(claims: AccessClaims): Promise<Identity> {
    const { tenantId, sessionId } = claims;
    // Claims are signed, so a session id always belongs to one user of one tenant.
    return await this.identities.get(sessionKey(sessionId), () =>
      tenantId ? this.readModel.ofSession(tenantId, claims) : this.readModel.ofPlatformSession(claims),
    );
  }

  /** Returns the current identity of an API key by its hash, or null if the tenant has no such key. */
  async ofApiKey(tenantId: string, secretHash: string): Promise<Identity | null> {
    try {
      return await this.identities.get(`key:${secretHash}`, async () => {
        const identity = await this.readModel.ofApiKey(tenantId, secretHash);
        if (!identity) throw new UnknownApiKeyError();
        return identity;
      });
    } catch (error) {
      if (error instanceof UnknownApiKeyError) return null;
      throw error;
    }
  }

  /** Returns the current role of a user; a promise only if it has to be loaded. */
  ofUser(tenantId: string, userId: string): UserStanding | Promise<UserStanding> {
    return this.standings.get(standingKey(tenantId, userId), () => this.readModel.ofUser(tenantId, userId));
  }

  /** Call after a user's role or status changed, or the user was deleted. */
  forgetUser(tenantId: string, userId: string): void {
    this.standings.forget(standingKey(tenantId, userId));
    this.identities.forgetWhere((identity) => identity.subjectId === userId && identity.tenantId === tenantId);
  }

  /** Call after a sign-in of a user or platform admin was revoked. */
  forgetSession(sessionId: string): void {
    this.identities.forget(sessionKey(sessionId));
  }

  /** Call after a key was revoked or changed. */
  forgetApiKey(id: string): void {
    this.identities.forgetWhere(({ credentialId }) => credentialId === id);
  }

  /** Call after a tenant was created, deleted, or changed its status, slug or domain. */
  forgetTenant(tenantId: string): void {
    this.tenants.forget(tenantId);
    this.standings.forgetWhere((standing) => standing.tenantId === tenantId);
    this.identities.forgetWhere((identity) => identity.tenantId === tenantId);
  }

  /** Call after a platform admin was deleted. */
  forgetPlatformAdmin(adminId: string): void {
    this.identities.forgetWhere((identity) => identity.tenantId === null && identity.subjectId === adminId);
  }

  private clear(): void {
    this.identities.clear();
    this.standings.clear();
  }

  private apply({ kind, tenantId, id }: IdentityChange): void {
    if (kind === 'tenant') this.forgetTenant(id);
    else if (kind === 'user') this.forgetUser(tenantId ?? '', id);
    else if (kind === 'api_key') this.forgetApiKey(id);
    else {
      this.forgetSession(id);
      // The database sends this kind for a deleted admin as well, with the admin's id.
      if (kind === 'platform_session') this.forgetPlatformAdmin(id);
    }
  }
}

function standingKey(tenantId: string, userId: string): string {
  return `${tenantId}:${userId}`;
}

function sessionKey(sessionId: string): string {
  return `session:${sessionId}`;
}
