import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { CountedMails } from '../../tenants/counted-mails.service.js';
import { OwnTenantService } from '../../tenants/own-tenant.service.js';
import type { User } from '../users.types.js';
import { invitationMail } from './invitation-mail.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Invitation } from './invitations.types.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

export interface IssuedInvitation {
  invitation: Invitation;
  /** Shown only once. */
  token: string;
}

/**
 * Issues invitations for existing users with status INVITED. Runs in the caller's transaction, which created or locked
 * the user.
 */
@Injectable()
export class InvitationIssuer {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly tenants: OwnTenantService,
    private readonly mails: CountedMails,
    private readonly tenant: TenantContext,
    private readonly config: Config,
    private readonly audit: AuditService,
  ) {}

  /**
   * Issues an invitation that replaces all earlier ones of the user. The token is only in the result; its hash is
   * stored.
   */
  async issue(actor: Actor, user: User): Promise<IssuedInvitation> {
    const { token, hash } = mintSecret('invite', this.tenant.tenantId);
    await this.invitations.revokeAllOf(user.id);
    const invitation = await this.invitations.create({ userId: user.id, ...this.#facts(actor, hash) });
    await this.#record(actor, 'user.invited', user);
    return { invitation, token };
  }

  /**
   * Does the same as `issue`, and mails the token to the user after the transaction has committed.
   * @throws UnavailableError `mail.unavailable`: nobody else knows the token, so without mail the invitation would be
   * useless; UnprocessableError `plan.limit_reached`.
   */
  async issueByMail(actor: Actor, user: User): Promise<Invitation> {
    this.mails.requireTransport();
    const issued = await this.issue(actor, user);
    await this.#mail(user, issued);
    return issued.invitation;
  }

  /** Does the same as `issue`, and also mails the token if mail can be sent. */
  async issueForOwner(actor: Actor, user: User): Promise<IssuedInvitation> {
    const issued = await this.issue(actor, user);
    if (this.mails.isAvailable) await this.#mail(user, issued);
    return issued;
  }

  /**
   * Gives an invitation a new token and another week, by mail; the previous token stops working. Returns null if it was
   * accepted or revoked.
   * @throws UnavailableError `mail.unavailable`.
   */
  async renewByMail(actor: Actor, user: User, id: string): Promise<Invitation | null> {
    this.mails.requireTransport();
    const { token, hash } = mintSecret('invite', this.tenant.tenantId);
    const invitation = await this.invitations.renew(id, this.#facts(actor, hash));
    if (!invitation) return null;
    await this.#record(actor, 'user.invitation_resent', user);
    await this.#mail(user, { invitation, token });
    return invitation;
  }

  #facts(actor: Actor, tokenHash: string): { tokenHash: string; invitedBy: string | null; expiresAt: Date } {
    const invitedBy = actor.kind === 'system' ? null : actor.id;
    return { tokenHash, invitedBy, expiresAt: databaseTimeIn(LIFETIME_MS) };
  }

  async #mail(user: User, { invitation, token }: IssuedInvitation): Promise<void> {
    const { name } = await this.tenants.get();
    const facts = { to: user.email, tenantName: name, token, expiresAt: invitation.expiresAt };
    const { to, ...mail } = invitationMail(facts, this.config);
    await this.mails.send([to], mail);
  }

  #record(actor: Actor, action: string, { id, email, role }: User): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'user', targetId: id, details: { email, role } });
  }
}
