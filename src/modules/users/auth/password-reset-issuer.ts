import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { Config } from '../../../common/config/config.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { MailService } from '../../../common/mail/mail.service.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { OwnTenantService } from '../../tenants/own-tenant.service.js';
import type { Account } from './accounts.repository.js';
import { passwordResetMail, type ResetReason } from './password-reset-mail.js';
import { PasswordResetTokensRepository } from './password-reset-tokens.repository.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

const LIFETIME_MS = 60 * 60 * 1000;

/** Issues the links by which users choose a new password. */
@Injectable()
export class PasswordResetIssuer {
  constructor(
    private readonly tokens: PasswordResetTokensRepository,
    private readonly tenants: OwnTenantService,
    private readonly mails: MailService,
    private readonly tenant: TenantContext,
    private readonly dbal: DbalService,
    private readonly config: Config,
  ) {}

  /** Mails a link that works once within an hour, and invalidates older ones. */
  async issueByMail({ username, email }: Account, reason: ResetReason): Promise<void> {
    const { token, hash } = mintSecret('reset', this.tenant.tenantId);
    const expiresAt = databaseTimeIn(LIFETIME_MS);
    await this.dbal.transaction(async () => {
      const { name } = await this.tenants.get();
      await this.tokens.replace(username, hash, expiresAt);
      const facts = { to: email, tenantName: name, token, expiresAt, reason };
      await this.mails.send(passwordResetMail(facts, this.config));
    });
  }
}
