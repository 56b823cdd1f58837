import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { SignInLock } from '../../../common/auth/sign-in-lock.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { type Account, AccountsRepository } from './accounts.repository.js';
import { invalidCredentials } from './auth.errors.js';
import { SessionsService } from './sessions.service.js';
import type { SessionGrant } from './sessions.types.js';
import { SignInFailures } from './sign-in-failures.js';

/** Checks names and passwords in the current tenant. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly failures: SignInFailures,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordHasher,
    private readonly lock: SignInLock,
    private readonly dbal: DbalService,
  ) {}

  /**
   * A new session. Who is unknown, has no password or may not sign in gets the same answer after the same time.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`; UnavailableError `auth.busy`.
   */
  async signIn(identifier: string, password: string): Promise<SessionGrant> {
    let account: Account | null = null;
    const userId = await this.lock.guard(
      this.failures.of(() => account?.userId),
      identifier,
      async () => {
        account = await this.accounts.findByName(identifier);
        return this.userIdOf(account, password);
      },
      invalidCredentials,
    );
    return this.dbal.transaction(async () => {
      if (!(await this.accounts.recordSignIn(userId))) throw invalidCredentials();
      return this.sessions.start(userId);
    });
  }

  private async userIdOf(account: Account | null, password: string): Promise<string | null> {
    const fits = await this.passwords.verify(account?.passwordHash ?? null, password);
    return fits && account?.isActive ? account.userId : null;
  }
}
