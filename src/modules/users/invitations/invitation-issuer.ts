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
  /** Shown once. */
  token: string;
}

/** Makes invitations for users that exist and are INVITED. Runs in the caller's transaction, which made or locked the user. */
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

  /** A new invitation in place of all older ones of the user. The token is nowhere but in the result. */
  async issue(actor: Actor, user: User): Promise<IssuedInvitation> {
    const { token, hash } = mintSecret('invite', this.tenant.tenantId);
    await this.invitations.revokeAllOf(user.id);
    const invitation = await this.invitations.create({ userId: user.id, ...this.#facts(actor, hash) });
    await this.#record(actor, 'user.invited', user);
    return { invitation, token };
  }

  /**
   * `issue`, with the token sent to the user. The mail leaves after the transaction has committed.
   * @throws UnavailableError `mail.unavailable`: nobody else knows the token, so without mail the invitation would be worth nothing;
   * UnprocessableError `plan.limit_reached`.
   */
  async issueByMail(actor: Actor, user: User): Promise<Invitation> {
    this.mails.requireTransport();
    const issued = await this.issue(actor, user);
    await this.#mail(user, issued);
    return issued.invitation;
  }

  /** `issue`, with the token in the result and, where mail can be sent, by mail. */
  async issueForOwner(actor: Actor, user: User): Promise<IssuedInvitation> {
    const issued = await this.issue(actor, user);
    if (this.mails.isAvailable) await this.#mail(user, issued);
    return issued;
  }

  /**
   * The same invitation with a new token and another week, by mail; the token mailed before stops working. Null when it was
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
