import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { readSecret } from '../../../common/auth/secret-token.js';
import { TenantEntrance } from '../../../common/auth/tenant-entrance.js';
import { normalizeSignInName } from '../../../common/values/email-address.js';
import { QueueService } from '../../../common/queue/queue.service.js';
import { invalidResetToken } from './auth.errors.js';
import { PasswordChangesService } from './password-changes.service.js';
import { SEND_PASSWORD_RESET } from './send-password-reset.task.js';
import { SignInGuard } from './sign-in-guard.js';

/** For people who cannot sign in. */
@Injectable()
export class ForgottenPasswordsService {
  constructor(
    private readonly entrance: TenantEntrance,
    private readonly changes: PasswordChangesService,
    private readonly guard: SignInGuard,
    private readonly passwords: PasswordHasher,
    private readonly queue: QueueService,
  ) {}

  /**
   * Has a link mailed to whoever has the name, and does the very same where nobody has.
   * @throws as `TenantEntrance.byName` does.
   */
  async askForLink(tenant: string | undefined, identifier: string): Promise<void> {
    // Asked for again before it was done, it is done once.
    const jobKey = `password_reset:${createHash('sha256').update(normalizeSignInName(identifier)).digest('hex')}`;
    await this.entrance.byName(tenant, () => this.queue.enqueue(SEND_PASSWORD_RESET, { identifier }, { jobKey }));
  }

  /**
   * Signs the user out everywhere, ends the user's API keys, and unlocks the user's names.
   * @throws UnprocessableError `password_reset.invalid`; as `TenantEntrance.bySecret` does.
   */
  async reset(token: string, newPassword: string): Promise<void> {
    const secret = readSecret('reset', token);
    const isDone =
      secret && (await this.entrance.bySecret(secret.tenantId, () => this.redeem(secret.hash, newPassword)));
    if (!isDone) throw invalidResetToken();
  }

  private async redeem(tokenHash: string, newPassword: string): Promise<true> {
    // Looked at first: hashing is expensive, and anybody can make tokens up.
    await this.changes.assertOpen(tokenHash);
    const names = await this.changes.redeem(tokenHash, await this.passwords.hash(newPassword));
    await this.guard.release(names);
    return true;
  }
}
