import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/auth/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { UserAdmissionService } from '../user-admission.service.js';
import { emailTaken } from '../users.errors.js';
import { assertMayGrant, assertMayUpdate } from '../users.policy.js';
import { UsersRepository } from '../users.repository.js';
import type { User } from '../users.types.js';
import { InvitationIssuer } from './invitation-issuer.js';
import type { Invitation, NewInvitation } from './invitations.types.js';

@Injectable()
export class InvitationsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly admission: UserAdmissionService,
    private readonly issuer: InvitationIssuer,
    private readonly dbal: DbalService,
  ) {}

  /**
   * Mails an invitation. Somebody who has not accepted an earlier one keeps the user, gets what is given here, and the earlier token stops working.
   * @throws ConflictError `user.email_taken` for users who need no invitation, `user.username_taken`, `user.owner_exists`;
   * ForbiddenError `user.above_your_level`, `user.not_below_your_level`, `user.names_are_personal`; UnprocessableError `plan.limit_reached`.
   */
  invite(actor: Actor, input: NewInvitation): Promise<{ invitation: Invitation; user: User }> {
    return this.dbal.transaction(async () => {
      assertMayGrant(actor, input.role);
      // Of two invitations of one address at once the second finds the first one's user.
      await this.users.lockSeats();
      const known = await this.users.findByEmail(input.email);
      const user = known ? await this.inviteAgain(actor, known.id, input) : await this.inviteNew(actor, input);
      return { invitation: await this.issuer.issueByMail(actor, user), user };
    });
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
