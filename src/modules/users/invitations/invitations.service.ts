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
   * Invites somebody by mail. If an earlier invitation to that address was not accepted, its user is updated with this
   * input, and the earlier token stops working.
   * @throws ConflictError `user.email_taken` if the user does not need an invitation, `user.username_taken`,
   * `user.owner_exists`; ForbiddenError `user.above_your_level`, `user.not_below_your_level`,
   * `user.names_are_personal`; UnprocessableError `plan.limit_reached`.
   */
  invite(actor: Actor, input: NewInvitation): Promise<InvitationOf> {
    return this.dbal.transaction(async () => {
      assertMayGrant(actor, input.role);
      // If the same address is invited twice at once, the second call finds the user that the first one created.
      await this.users.lockSeats();
      const known = await this.users.findByEmail(input.email);
      const user = known ? await this.inviteAgain(actor, known.id, input) : await this.inviteNew(actor, input);
      return { invitation: await this.issuer.issueByMail(actor, user), user };
    });
  }

  /** Returns one page, newest first. */
  async list(filter: InvitationFilter, query: PageQuery): Promise<{ rows: InvitationOf[]; total: number }> {
    const { rows, total } = await this.invitations.findPage(filter, toSlice(query));
    const users = await this.users.findByIds(rows.map(({ userId }) => userId));
    // Deleting a user deletes the invitations too, so a user may be missing here.
    const found = rows.flatMap((invitation) => {
      const user = users.get(invitation.userId);
      return user ? [{ invitation, user }] : [];
    });
    return { rows: found, total };
  }

  /**
   * Mails the invitation again with a new token and another week, even if it has expired; the previous token stops
   * working.
   * @throws NotFoundError `invitation.not_found`; ConflictError `invitation.closed`; ForbiddenError
   * `user.above_your_level`, `user.not_below_your_level`; UnavailableError `mail.unavailable`.
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
   * Invalidates the mailed token. The user remains, unable to sign in, until invited again or deleted.
   * @throws NotFoundError `invitation.not_found`; ConflictError `invitation.closed`; ForbiddenError
   * `user.above_your_level`.
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

  /** Returns the invited user, locked until the running transaction ends. */
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
