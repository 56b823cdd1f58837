import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { SignInLock } from '../../../common/auth/sign-in-lock.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { invalidCredentials } from './auth.errors.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { SessionsService } from './sessions.service.js';
import type { SessionGrant } from './sessions.types.js';

/** Checks names and passwords in the current tenant. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly failures: LoginAttemptsRepository,
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
    const userId = await this.lock.guard(
      this.failures,
      identifier,
      () => this.userIdOf(identifier, password),
      invalidCredentials,
    );
    return this.dbal.transaction(async () => {
      if (!(await this.accounts.recordSignIn(userId))) throw invalidCredentials();
      return this.sessions.start(userId);
    });
  }

  private async userIdOf(identifier: string, password: string): Promise<string | null> {
    const account = await this.accounts.findByName(identifier);
    const fits = await this.passwords.verify(account?.passwordHash ?? null, password);
    return fits && account?.isActive ? account.userId : null;
  }
}
