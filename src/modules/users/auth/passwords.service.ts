import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/auth/actor.js';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { SignInLock } from '../../../common/auth/sign-in-lock.js';
import { type Account, AccountsRepository } from './accounts.repository.js';
import { wrongPassword } from './auth.errors.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { PasswordChangesService } from './password-changes.service.js';

/** For people who have signed in. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly failures: LoginAttemptsRepository,
    private readonly changes: PasswordChangesService,
    private readonly passwords: PasswordHasher,
    private readonly lock: SignInLock,
  ) {}

  /**
   * Signs the actor out everywhere else. Guessing the current password is locked like signing in is.
   * @throws UnprocessableError `auth.wrong_password`; RateLimitError `auth.locked`; UnavailableError `auth.busy`.
   */
  async change(actor: Actor, currentPassword: string, newPassword: string): Promise<void> {
    const account = await this.lock.guard(
      this.failures,
      // Nobody signs in under a name with a NUL character, so nobody else can lock this one.
      `\0change:${actor.id}`,
      () => this.accountWith(actor.id, currentPassword),
      wrongPassword,
    );
    await this.changes.exchange(actor, account, await this.passwords.hash(newPassword));
  }

  private async accountWith(userId: string, password: string): Promise<Account | null> {
    const account = await this.accounts.findById(userId);
    const fits = await this.passwords.verify(account?.passwordHash ?? null, password);
    return fits ? account : null;
  }
}
