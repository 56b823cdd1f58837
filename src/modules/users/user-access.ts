import { Injectable } from '@nestjs/common';
import { type Actor, actsForUser } from '../../common/identity/actor.js';
import { IdentityCache } from '../../common/auth/identity-cache.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { QueueService } from '../../common/queue/queue.service.js';
import { MailService } from '../../common/mail/mail.service.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';
import { SEND_PASSWORD_RESET } from './auth/send-password-reset.task.js';
import { SessionsService } from './auth/sessions.service.js';
import type { User } from './users.types.js';

/**
 * Makes a change of a user's rights take effect in this process at once; other processes are notified by the database.
 */
@Injectable()
export class UserAccess {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly sessions: SessionsService,
    private readonly dbal: DbalService,
    private readonly queue: QueueService,
    private readonly mails: MailService,
  ) {}

  /** Makes the user's role and status be read again, as soon as the running transaction commits. */
  refresh(userId: string): void {
    const { tenantId } = this.tenant;
    this.dbal.afterCommit(() => this.identities.forgetUser(tenantId, userId));
  }

  /** Signs the user out everywhere. */
  async end(userId: string): Promise<void> {
    await this.sessions.revokeAllOf(userId);
    this.refresh(userId);
  }

  /**
   * Lets the user sign in again. If an API key reactivated the user, a link to a new password is mailed, which also
   * informs the user.
   * @throws UnavailableError `mail.unavailable` if a mail is required.
   */
  async reopen(actor: Actor, { id, username }: User): Promise<void> {
    this.refresh(id);
    if (!actsForUser(actor)) return;
    this.mails.requireTransport();
    await this.queue.enqueue(SEND_PASSWORD_RESET, { identifier: username, reason: 'reactivated' });
  }
}
