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

/** Makes a change of somebody's rights hold at once here; other processes learn of it from the database. */
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

  /** The user's role or status is read again, from the moment the running transaction commits. */
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
   * The user may sign in again. Somebody whom a program lets in is mailed a link to a new password, and so learns of it.
   * @throws UnavailableError `mail.unavailable` where there is a mail to send.
   */
  async reopen(actor: Actor, { id, username }: User): Promise<void> {
    this.refresh(id);
    if (!actsForUser(actor)) return;
    this.mails.requireTransport();
    await this.queue.enqueue(SEND_PASSWORD_RESET, { identifier: username, reason: 'reactivated' });
  }
}
