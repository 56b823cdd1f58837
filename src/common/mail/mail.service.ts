import { Injectable, Logger } from '@nestjs/common';
import { SecretBox } from '../crypto/secret-box.js';
import { UnavailableError } from '../errors/app-error.js';
import { QueueService } from '../queue/queue.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

/** Sends mails of the current tenant. */
@Injectable()
export class MailService {
  private readonly logger = new Logger(MailService.name);

  constructor(
    private readonly transport: MailTransport,
    private readonly queue: QueueService,
    private readonly box: SecretBox,
    private readonly tenant: TenantContext,
  ) {}

  /**
   * Enqueues the mail in the running transaction, so it is sent if and only if that commits. It is stored encrypted,
   * because mails contain links that sign people in.
   *
   * If no mail can be sent (production without SMTP_URL), this logs an error and does nothing, so that a response never
   * reveals whether there was a mail to send. If the mail is the purpose of the request, call `requireTransport` first.
   */
  async send({ to, subject, text }: Mail): Promise<void> {
    if (!this.transport.isAvailable) {
      this.logger.error({ subject }, 'An email was not sent: SMTP_URL is not set.');
      return;
    }
    const sealed = this.box.seal(JSON.stringify({ to, subject, text }), this.tenant.tenantId);
    await this.queue.enqueue('mail.send', { sealed });
  }

  /** True if this installation can send mail. */
  get isAvailable(): boolean {
    return this.transport.isAvailable;
  }

  /**
   * @throws UnavailableError when this installation cannot send mail.
   * @remedy Ask the operator to set up email.
   */
  requireTransport(): void {
    if (this.transport.isAvailable) return;
    throw new UnavailableError('mail.unavailable', 'This installation is not set up to send email.');
  }
}
