import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { AuditService } from '../../../common/audit/audit.service.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { type Account, AccountsRepository } from './accounts.repository.js';
import { invalidResetToken, wrongPassword } from './auth.errors.js';
import { PasswordResetTokensRepository } from './password-reset-tokens.repository.js';
import { SessionsService } from './sessions.service.js';

/**
 * Stores new passwords, and ends the sessions and keys that the old ones gave access to. Expensive work is done before.
 */
@Injectable()
export class PasswordChangesService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly resetTokens: PasswordResetTokensRepository,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param account as it was when its password was checked.
   * @throws UnprocessableError `auth.wrong_password` if the password has been changed since.
   */
  async exchange(
    actor: Actor,
    account: Account,
    newHash: string,
    { endApiKeys = false }: { endApiKeys?: boolean } = {},
  ): Promise<void> {
    const { userId, username, passwordHash } = account;
    await this.dbal.transaction(async () => {
      const isActive = await this.accounts.recordPasswordChange(userId);
      if (!isActive || !passwordHash || !(await this.accounts.exchangePassword(username, passwordHash, newHash))) {
        throw wrongPassword();
      }
      await this.resetTokens.delete(username);
      await this.sessions.revokeAllOf(userId, { except: actor.sessionId });
      if (endApiKeys) await this.apiKeys.revokeAllOf(actor, userId);
      await this.audit.record(actor, { action: 'password.changed', targetType: 'user', targetId: userId });
    });
  }

  /** @throws UnprocessableError `password_reset.invalid`. */
  async assertOpen(tokenHash: string): Promise<void> {
    if (!(await this.resetTokens.isOpen(tokenHash))) throw invalidResetToken();
  }

  /**
   * Consumes a reset token. Returns the names that its user signs in with.
   * @throws UnprocessableError `password_reset.invalid`, also if a concurrent request consumed the token.
   */
  async redeem(tokenHash: string, newHash: string): Promise<string[]> {
    return this.dbal.transaction(async () => {
      const username = await this.resetTokens.use(tokenHash);
      const account = username === null ? null : await this.accounts.findByName(username);
      if (!account || !(await this.accounts.recordPasswordChange(account.userId))) throw invalidResetToken();
      await this.accounts.setPassword(account.username, newHash);
      await this.sessions.revokeAllOf(account.userId);
      const actor: Actor = { kind: 'user', id: account.userId, role: 'viewer', permissions: new Set() };
      // A user who needed the link may have lost control of more than the password.
      await this.apiKeys.revokeAllOf(actor, account.userId);
      await this.audit.record(actor, { action: 'password.reset', targetType: 'user', targetId: account.userId });
      return [account.username, account.email];
    });
  }
}
