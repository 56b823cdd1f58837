import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { type Account, AccountsRepository } from './accounts.repository.js';
import { invalidCredentials } from './auth.errors.js';
import { SessionsService } from './sessions.service.js';
import type { SessionGrant } from './sessions.types.js';
import { SignInGuard } from './sign-in-guard.js';

/** Checks names and passwords in the current tenant. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly guard: SignInGuard,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordHasher,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Starts a session. Unknown names, users without a password and users who may not sign in get the same response after
   * the same time.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`; UnavailableError
   * `auth.busy`.
   */
  async signIn(identifier: string, password: string): Promise<SessionGrant> {
    let account: Account | null = null;
    let rehash: (() => Promise<void>) | undefined;
    const userId = await this.guard.signIn(
      identifier,
      async () => {
        account = await this.accounts.findByName(identifier);
        const match = await this.passwords.match(account?.passwordHash ?? null, password);
        if (match === 'none' || !account?.isActive) return null;
        if (match === 'old') rehash = () => this.storeAnew(account!, password);
        return account.userId;
      },
      () => account?.userId,
    );
    await rehash?.();
    return this.dbal.transaction(async () => {
      if (!(await this.accounts.recordSignIn(userId))) throw invalidCredentials();
      const session = await this.sessions.start(userId);
      await this.record(session);
      return session;
    });
  }

  /** Replaces an outdated hash with one in the current format. If hashing is overloaded, the next sign-in does it. */
  private async storeAnew({ username, passwordHash }: Account, password: string): Promise<void> {
    try {
      await this.accounts.exchangePassword(username, passwordHash!, await this.passwords.hash(password));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }

  private record({ userId, sessionId }: SessionGrant): Promise<void> {
    const actor: Actor = { kind: 'user', id: userId, role: 'viewer', permissions: new Set(), sessionId };
    const details = { sessionId };
    return this.audit.record(actor, { action: 'user.signed_in', targetType: 'user', targetId: userId, details });
  }
}
