import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { readSecret } from '../../../common/auth/secret-token.js';
import { TenantEntrance } from '../../../common/auth/tenant-entrance.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { UsersRepository } from '../users.repository.js';
import type { User } from '../users.types.js';
import { invitationInvalid } from './invitations.errors.js';
import { InvitationsRepository } from './invitations.repository.js';

@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly entrance: TenantEntrance,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Sets the invited user's password, makes the user ACTIVE, and consumes the token, which also identifies the tenant.
   * @throws UnprocessableError `invitation.invalid`; ForbiddenError `tenant.mismatch`, `tenant.not_active`.
   */
  async accept(token: string, password: string): Promise<User> {
    const secret = readSecret('invite', token);
    const user =
      secret && (await this.entrance.bySecret(secret.tenantId, () => this.acceptInTenant(secret.hash, password)));
    if (!user) throw invitationInvalid();
    return user;
  }

  /** Returns null if the invitation is not open (any longer). */
  private async acceptInTenant(tokenHash: string, password: string): Promise<User | null> {
    // Checked before the expensive hash, so that guessing costs little; consumed afterwards, together with the other
    // changes.
    if (!(await this.invitations.isOpen(tokenHash))) return null;
    const passwordHash = await this.passwords.hash(password);
    return this.dbal.transaction(() => this.activate(tokenHash, passwordHash));
  }

  private async activate(tokenHash: string, passwordHash: string): Promise<User | null> {
    const invitation = await this.invitations.accept(tokenHash);
    const user = invitation && (await this.users.activate(invitation.userId, passwordHash));
    if (!user) return null;
    const actor: Actor = { kind: 'user', id: user.id, role: user.role, permissions: new Set() };
    await this.audit.record(actor, { action: 'user.invitation_accepted', targetType: 'user', targetId: user.id });
    return user;
  }
}
