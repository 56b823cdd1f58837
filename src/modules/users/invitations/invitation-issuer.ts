import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/auth/actor.js';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { MailService } from '../../../common/mail/mail.service.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { OwnTenantService } from '../../tenants/own-tenant.service.js';
import type { User } from '../users.types.js';
import { invitationMail } from './invitation-mail.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Invitation } from './invitations.types.js';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** Makes invitations for users that exist and are INVITED. Runs in the caller's transaction, which made or locked the user. */
@Injectable()
export class InvitationIssuer {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly tenants: OwnTenantService,
    private readonly mails: MailService,
    private readonly tenant: TenantContext,
    private readonly config: Config,
    private readonly audit: AuditService,
  ) {}

  /** A new invitation in place of all older ones of the user. The token is nowhere but in the result. */
  async issue(actor: Actor, user: User): Promise<{ invitation: Invitation; token: string }> {
    const { token, hash } = mintSecret('invite', this.tenant.tenantId);
    await this.invitations.revokeAllOf(user.id);
    const invitation = await this.invitations.create({
      userId: user.id,
      tokenHash: hash,
      invitedBy: actor.kind === 'system' ? null : actor.id,
      expiresAt: new Date(Date.now() + LIFETIME_MS),
    });
    await this.audit.record(actor, {
      action: 'user.invited',
      targetType: 'user',
      targetId: user.id,
      details: { email: user.email, role: user.role },
    });
    return { invitation, token };
  }

  /**
   * `issue`, with the token sent to the user. The mail leaves after the transaction has committed.
   * @throws UnavailableError `mail.unavailable`: nobody else knows the token, so without mail the invitation would be worth nothing.
   */
  async issueByMail(actor: Actor, user: User): Promise<Invitation> {
    this.mails.requireTransport();
    const { invitation, token } = await this.issue(actor, user);
    const { name } = await this.tenants.get();
    await this.mails.send(
      invitationMail({ to: user.email, tenantName: name, token, expiresAt: invitation.expiresAt }, this.config),
    );
    return invitation;
  }
}
