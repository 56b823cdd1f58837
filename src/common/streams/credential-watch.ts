import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { type IdentityChange, IdentityListener } from '../changes/identity-listener.js';
import { databaseClock } from '../time/database-clock.js';

const LONGEST_TIMER_MS = 2_147_483_647;

/** Ends long-lived connections whose caller may have lost access. */
@Injectable()
export class CredentialWatch {
  constructor(private readonly identities: IdentityListener) {}

  /**
   * Calls `end` when the request's credential expires, when the credential, its user or the tenant changes, and when
   * such a change may have been missed. A client that still has access reconnects and is checked again. Returns a
   * function that stops watching.
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
      // The database sends this kind for a deleted admin as well, with the admin's id.
      return id === actor.sessionId || (actor.kind === 'platform' && id === actor.id);
  }
}
