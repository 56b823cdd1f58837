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
 * Tickets open one event stream, in any process. They exist for browsers, whose EventSource cannot send headers. The
 * stream lasts as long as the sign-in behind its ticket.
 */
@Injectable()
export class StreamTickets {
  constructor(
    private readonly tickets: StreamTicketsRepository,
    private readonly tenant: TenantContext,
  ) {}

  /** Mints a ticket for a user signed in to the current tenant. Only its hash is stored. */
  async mint({ id, sessionId = '' }: Actor): Promise<string> {
    const { token, hash } = mintSecret('ticket', this.tenant.tenantId);
    await this.tickets.create(hash, { subject: id, sessionId }, databaseTimeIn(TICKET_TTL_MS));
    return token;
  }

  /** Consumes a ticket by its hash. @throws UnauthenticatedError when it is unknown, used or expired. */
  async use(tenantId: string, hash: string): Promise<VerifiedClaims> {
    const claims = await this.tenant.run({ tenantId, source: 'secret' }, () => this.tickets.take(hash));
    if (!claims)
      throw new UnauthenticatedError('auth.unauthenticated', 'A ticket is valid for one stream, and for one minute.');
    return { ...claims, tenantId, expiresAt: Infinity };
  }
}
