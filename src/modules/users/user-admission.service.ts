import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/identity/actor.js';
import { PasswordHasher } from '../../common/auth/password-hasher.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { truncate } from '../../common/values/text-length.js';
import { OwnTenantService } from '../tenants/own-tenant.service.js';
import { planLimitReached } from '../tenants/plan-limits.js';
import { UserChangeLog } from './user-change-log.js';
import { UsersRepository } from './users.repository.js';
import type { NewUser, User } from './users.types.js';

/** Creates users. Does not check permissions; the callers do. */
@Injectable()
export class UserAdmissionService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tenants: OwnTenantService,
    private readonly passwords: PasswordHasher,
    private readonly dbal: DbalService,
    private readonly changes: UserChangeLog,
  ) {}

  /**
   * Creates a user who may sign in at once.
   * @throws ConflictError `user.email_taken`, `user.username_taken`; UnprocessableError `plan.limit_reached`.
   */
  async admit(actor: Actor, input: NewUser, password: string): Promise<User> {
    // Hashed before the transaction: hashing takes long, and no connection or lock should wait for it.
    const passwordHash = await this.passwords.hash(password);
    return this.dbal.transaction(async () => {
      const user = await this.create(actor, input, 'ACTIVE');
      await this.users.createCredential(user.username, passwordHash);
      return user;
    });
  }

  /**
   * Creates a user who cannot sign in before accepting an invitation, which the caller issues. Throws the errors of
   * `admit`.
   */
  admitInvited(actor: Actor, input: NewUser): Promise<User> {
    return this.dbal.transaction(() => this.create(actor, input, 'INVITED'));
  }

  /** Returns an unused username derived from the local part of an e-mail address. */
  async usernameFor(email: string): Promise<string> {
    const local = email.slice(0, email.lastIndexOf('@')).replace(/[^a-z0-9_.-]+/g, '.');
    const wanted = /[a-z0-9].*[a-z0-9]/.test(local) ? truncate(local, 40) : 'user';
    const taken = new Set(await this.users.findUsernames(wanted));
    let candidate = wanted;
    for (let n = 2; taken.has(candidate); n++) candidate = `${wanted}-${n}`;
    return candidate;
  }

  private async create(actor: Actor, input: NewUser, status: 'ACTIVE' | 'INVITED'): Promise<User> {
    await this.takeSeat();
    const user = await this.users.create(input, status);
    const { email, role } = user;
    await this.changes.record(actor, 'user.created', user, { details: { email, role, status } });
    return user;
  }

  private async takeSeat(): Promise<void> {
    await this.users.lockSeats();
    const limit = await this.tenants.limitOf('users');
    if (limit !== null && (await this.users.count()) >= limit) throw planLimitReached('users', limit);
  }
}
