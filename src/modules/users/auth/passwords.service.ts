import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { type Account, AccountsRepository } from './accounts.repository.js';
import { PasswordChangesService } from './password-changes.service.js';
import { SignInGuard } from './sign-in-guard.js';

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
  endApiKeys?: boolean;
}

/** Changes passwords of signed-in users. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly guard: SignInGuard,
    private readonly changes: PasswordChangesService,
    private readonly passwords: PasswordHasher,
  ) {}

  /**
   * Signs the actor out everywhere else; `endApiKeys` also revokes their API keys. Wrong passwords are limited as for
   * signing in.
   * @throws UnprocessableError `auth.wrong_password`; RateLimitError `auth.locked`; UnavailableError `auth.busy`.
   */
  async change(actor: Actor, { currentPassword, newPassword, endApiKeys }: PasswordChange): Promise<void> {
    const account = await this.guard.passwordOf(actor.id, () => this.accountWith(actor.id, currentPassword));
    await this.changes.exchange(actor, account, await this.passwords.hash(newPassword), { endApiKeys });
  }

  private async accountWith(userId: string, password: string): Promise<Account | null> {
    const account = await this.accounts.findById(userId);
    const fits = await this.passwords.verify(account?.passwordHash ?? null, password);
    return fits ? account : null;
  }
}
