import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { UserAdmissionService } from '../user-admission.service.js';
import { emailTaken } from '../users.errors.js';
import { assertMayGrant, assertMayManage, assertMayReadmit, assertMayUpdate } from '../users.policy.js';
import { UsersRepository } from '../users.repository.js';
import type { User } from '../users.types.js';
import { InvitationIssuer } from './invitation-issuer.js';
import { invitationClosed, invitationNotFound } from './invitations.errors.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Invitation, InvitationFilter, NewInvitation } from './invitations.types.js';

export interface InvitationOf {
  invitation: Invitation;
  user: User;
}

@Injectable()
export class InvitationsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly admission: UserAdmissionService,
    private readonly issuer: InvitationIssuer,
    private readonly invitations: InvitationsRepository,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails an invitation. Somebody who has not accepted an earlier one keeps the user, gets what is given here, and the earlier token stops working.
   * @throws ConflictError `user.email_taken` for users who need no invitation, `user.username_taken`, `user.owner_exists`;
   * ForbiddenError `user.above_your_level`, `user.not_below_your_level`, `user.names_are_personal`; UnprocessableError `plan.limit_reached`.
   */
  invite(actor: Actor, input: NewInvitation): Promise<InvitationOf> {
    return this.dbal.transaction(async () => {
      assertMayGrant(actor, input.role);
      // When the same address is invited twice at once, the second call finds the user of the first.
      await this.users.lockSeats();
      const known = await this.users.findByEmail(input.email);
      const user = known ? await this.inviteAgain(actor, known.id, input) : await this.inviteNew(actor, input);
      return { invitation: await this.issuer.issueByMail(actor, user), user };
    });
  }

  /** One page, newest first. */
  async list(filter: InvitationFilter, query: PageQuery): Promise<{ rows: InvitationOf[]; total: number }> {
    const { rows, total } = await this.invitations.findPage(filter, toSlice(query));
    const users = await this.users.findByIds(rows.map(({ userId }) => userId));
    // Whoever was deleted since took the invitation along.
    const found = rows.flatMap((invitation) => {
      const user = users.get(invitation.userId);
      return user ? [{ invitation, user }] : [];
    });
    return { rows: found, total };
  }

  /**
   * Mails the invitation again with a new token and another week, also when it has expired; the token mailed before stops working.
   * @throws NotFoundError `invitation.not_found`; ConflictError `invitation.closed`; ForbiddenError `user.above_your_level`,
   * `user.not_below_your_level`; UnavailableError `mail.unavailable`.
   */
  resend(actor: Actor, id: string): Promise<InvitationOf> {
    return this.dbal.transaction(async () => {
      const user = await this.userOf(id);
      assertMayReadmit(actor, user);
      const invitation = user.status === 'INVITED' ? await this.issuer.renewByMail(actor, user, id) : null;
      if (!invitation) throw invitationClosed();
      return { invitation, user };
    });
  }

  /**
   * The mailed token stops working. The user stays, without a way in, until somebody invites them again or deletes them.
   * @throws NotFoundError `invitation.not_found`; ConflictError `invitation.closed`; ForbiddenError `user.above_your_level`.
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.dbal.transaction(async () => {
      const user = await this.userOf(id);
      assertMayManage(actor, user);
      if (!(await this.invitations.revoke(id))) throw invitationClosed();
      const { email, role } = user;
      await this.audit.record(actor, {
        action: 'user.invitation_revoked',
        targetType: 'user',
        targetId: user.id,
        details: { email, role },
      });
    });
  }

  /** The invited user, whom nobody else changes until the running transaction ends. */
  private async userOf(id: string): Promise<User> {
    const invitation = await this.invitations.findById(id);
    const user = invitation && (await this.users.findForUpdate(invitation.userId));
    if (!user) throw invitationNotFound();
    return user;
  }

  private async inviteNew(actor: Actor, input: NewInvitation): Promise<User> {
    const username = input.username ?? (await this.admission.usernameFor(input.email));
    return this.admission.admitInvited(actor, { ...input, username });
  }

  private async inviteAgain(actor: Actor, id: string, { email: _, ...changes }: NewInvitation): Promise<User> {
    const user = await this.users.findForUpdate(id);
    if (user?.status !== 'INVITED') throw emailTaken();
    assertMayUpdate(actor, user, changes);
    return (await this.users.update(id, changes)) ?? user;
  }
}
