import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { permissionsForKeysOf } from '../../../common/identity/permissions.js';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { truncate } from '../../../common/values/text-length.js';
import { planLimitReached, shareOfUser } from '../../tenants/plan-limits.js';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { apiKeyNotFound, expiryInThePast, scopesNotHeld } from './api-keys.errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import type { ApiKey, NewApiKey } from './api-keys.types.js';
import { databaseClock } from '../../../common/time/database-clock.js';

/** Length of the random part that stays readable: enough to distinguish keys, too short to be of use to an attacker. */
const PREFIX_LENGTH = 6;

/** Limit per user, so that creating and revoking keys does not accumulate rows. */
const KEPT_DEAD_KEYS = 100;

/**
 * Manages users' own API keys, for programs that act on their behalf. A key never has more permissions than its user
 * has at the moment.
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly tenant: TenantContext,
    private readonly limits: PlanLimits,
    private readonly dbal: DbalService,
    private readonly identities: IdentityCache,
    private readonly audit: AuditService,
  ) {}

  /** Returns one page of the actor's keys, newest first, without revoked ones. */
  list(actor: Actor, query: PageQuery): Promise<{ rows: ApiKey[]; total: number }> {
    return this.keys.findPage(actor.id, toSlice(query));
  }

  /**
   * Creates a key. `secret` is the key itself: it is not stored and cannot be read again.
   * @throws UnprocessableError `api_key.scope_not_held`, `api_key.expiry_in_the_past`, `plan.limit_reached`.
   */
  async create(actor: Actor, input: NewApiKey): Promise<{ key: ApiKey; secret: string }> {
    const possible = permissionsForKeysOf(actor.role);
    const tooMuch = input.scopes.filter((scope) => !possible.includes(scope));
    if (tooMuch.length > 0) throw scopesNotHeld(tooMuch);
    if (input.expiresAt && input.expiresAt.getTime() <= databaseClock.nowMs()) throw expiryInThePast();
    const { token, hash } = mintSecret('key', this.tenant.tenantId);
    return this.dbal.transaction(async () => {
      await this.assertRoomFor(actor.id);
      const key = await this.keys.create({ ...input, userId: actor.id, prefix: prefixOf(token), secretHash: hash });
      const { name, scopes } = key;
      await this.record(actor, 'api_key.created', key.id, { name, scopes });
      return { key, secret: token };
    });
  }

  /** Revokes the key with immediate effect. @throws NotFoundError `api_key.not_found`, also for another user's key. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.dbal.transaction(async () => {
      if (!(await this.keys.revoke(actor.id, id))) throw apiKeyNotFound();
      this.dbal.afterCommit(() => this.identities.forgetApiKey(id));
      await this.record(actor, 'api_key.revoked', id);
    });
  }

  /**
   * Revokes all keys of a user who leaves, with immediate effect. Does not check permissions; the caller does. Returns
   * the number of keys.
   */
  revokeAllOf(actor: Actor, userId: string): Promise<number> {
    return this.dbal.transaction(async () => {
      const revoked = await this.keys.revokeAllOf(userId);
      this.dbal.afterCommit(() => revoked.forEach((id) => this.identities.forgetApiKey(id)));
      for (const id of revoked) await this.record(actor, 'api_key.revoked', id);
      return revoked.length;
    });
  }

  private async assertRoomFor(userId: string): Promise<void> {
    const share = shareOfUser(await this.limits.of('apiKeys'));
    let ofUser = 0;
    await this.limits.assertRoom('apiKeys', async () => {
      const counts = await this.keys.countLive(userId);
      ofUser = counts.ofUser;
      return counts.ofTenant;
    });
    if (share !== null && ofUser >= share) throw planLimitReached('apiKeys of one user', share);
    await this.keys.pruneDead(userId, KEPT_DEAD_KEYS);
  }

  private record(actor: Actor, action: string, targetId: string, details?: { name: string; scopes: string[] }) {
    return this.audit.record(actor, { action, targetType: 'api_key', targetId, details });
  }
}

function prefixOf(token: string): string {
  const random = token.slice(token.indexOf('_', 'key_'.length) + 1);
  return truncate(random, PREFIX_LENGTH);
}
