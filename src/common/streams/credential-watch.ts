import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { type IdentityChange, IdentityListener } from '../changes/identity-listener.js';
import { databaseClock } from '../time/database-clock.js';

const LONGEST_TIMER_MS = 2_147_483_647;

/** Notices when whoever opened something that lasts may not have it any more. */
@Injectable()
export class CredentialWatch {
  constructor(private readonly identities: IdentityListener) {}

  /**
   * Calls `end` when the credential of the request expires, when anything about it, its user or the tenant changes, and when such a
   * change may have been missed. Whoever still may comes back, and is asked again. Returns a function that ends the watch.
   */
  watch({ actor, tenantId, credentialExpiresAt = Infinity }: IdentifiedRequest, end: () => void): () => void {
    const remainingMs = credentialExpiresAt - databaseClock.nowMs();
    const timer = remainingMs < LONGEST_TIMER_MS ? setTimeout(end, Math.max(0, remainingMs)).unref() : undefined;
    const forget = this.identities.subscribe({
      onChange: (change) => {
        if (actor && concerns(change, actor, tenantId)) end();
      },
      onGap: end,
    });
    return () => {
      clearTimeout(timer);
      forget();
    };
  }
}

function concerns({ kind, tenantId, id }: IdentityChange, actor: Actor, ownTenantId: string | undefined): boolean {
  switch (kind) {
    case 'tenant':
      return id === ownTenantId;
    case 'user':
      return tenantId === ownTenantId && id === actor.id;
    case 'api_key':
      return id === actor.apiKeyId;
    case 'session':
      return id === actor.sessionId;
    case 'platform_session':
      // The database names a deleted admin the same way as a session.
      return id === actor.sessionId || (actor.kind === 'platform' && id === actor.id);
  }
}
