import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from '../errors/app-error.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { VerifiedClaims } from './access-tokens.js';
import type { Actor } from '../identity/actor.js';
import { mintSecret } from './secret-token.js';
import { StreamTicketsRepository } from './stream-tickets.repository.js';
import { databaseTimeIn } from '../time/database-clock.js';

export const TICKET_TTL_MS = 60_000;

/**
 * Tickets open one event stream, in whichever process: for browsers, whose EventSource cannot send headers. A stream that a ticket has
 * opened lasts as long as the sign-in behind it.
 */
@Injectable()
export class StreamTickets {
  constructor(
    private readonly tickets: StreamTicketsRepository,
    private readonly tenant: TenantContext,
  ) {}

  /** A ticket for somebody who signed in to the current tenant. It is stored as a hash. */
  async mint({ id, sessionId = '' }: Actor): Promise<string> {
    const { token, hash } = mintSecret('ticket', this.tenant.tenantId);
    await this.tickets.create(hash, { subject: id, sessionId }, databaseTimeIn(TICKET_TTL_MS));
    return token;
  }

  /** Uses a ticket up, by the hash of it. @throws UnauthenticatedError when there is no such ticket, or not any more. */
  async use(tenantId: string, hash: string): Promise<VerifiedClaims> {
    const claims = await this.tenant.run({ tenantId, source: 'secret' }, () => this.tickets.take(hash));
    if (!claims)
      throw new UnauthenticatedError('auth.unauthenticated', 'A ticket is valid for one stream, and for one minute.');
    return { ...claims, tenantId, expiresAt: Infinity };
  }
}
