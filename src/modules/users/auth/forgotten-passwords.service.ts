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

/** Resets passwords for users who cannot sign in. */
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
   * Requests a reset link by mail. Does exactly the same for a name that nobody has, so that callers cannot find out
   * which names exist.
   * @throws the errors of `TenantEntrance.byName`.
   */
  async askForLink(tenant: string | undefined, identifier: string): Promise<void> {
    // Repeated requests before the task has run are merged into one.
    const jobKey = `password_reset:${createHash('sha256').update(normalizeSignInName(identifier)).digest('hex')}`;
    await this.entrance.byName(tenant, () => this.queue.enqueue(SEND_PASSWORD_RESET, { identifier }, { jobKey }));
  }

  /**
   * Signs the user out everywhere, revokes the user's API keys, and unlocks the user's names.
   * @throws UnprocessableError `password_reset.invalid`; the errors of `TenantEntrance.bySecret`.
   */
  async reset(token: string, newPassword: string): Promise<void> {
    const secret = readSecret('reset', token);
    const isDone =
      secret && (await this.entrance.bySecret(secret.tenantId, () => this.redeem(secret.hash, newPassword)));
    if (!isDone) throw invalidResetToken();
  }

  private async redeem(tokenHash: string, newPassword: string): Promise<true> {
    // Checked before hashing, which is expensive, since anybody can send made-up tokens.
    await this.changes.assertOpen(tokenHash);
    const names = await this.changes.redeem(tokenHash, await this.passwords.hash(newPassword));
    await this.guard.release(names);
    return true;
  }
}
