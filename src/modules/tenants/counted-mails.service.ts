import { Injectable } from '@nestjs/common';
import { MailService } from '../../common/mail/mail.service.js';
import type { Mail } from '../../common/mail/mail.types.js';
import { planLimitReached } from './plan-limits.js';
import { PlanLimits } from './plan-limits.service.js';

/** Sends mails to addresses that users choose; these count against the plan. Mails needed for signing in do not. */
@Injectable()
export class CountedMails {
  constructor(
    private readonly mails: MailService,
    private readonly limits: PlanLimits,
  ) {}

  /**
   * Sends one mail to each recipient, after the running transaction has committed.
   * @throws UnavailableError `mail.unavailable`; UnprocessableError `plan.limit_reached`.
   */
  async send(recipients: readonly string[], mail: Omit<Mail, 'to'>): Promise<void> {
    this.mails.requireTransport();
    const most = await this.limits.of('emailRecipients');
    if (most !== null && recipients.length > most) throw planLimitReached('emailRecipients', most);
    await this.limits.useToday('emailsPerDay', recipients.length);
    for (const to of recipients) await this.mails.send({ ...mail, to });
  }

  /** Whether mail can be sent at all. */
  get isAvailable(): boolean {
    return this.mails.isAvailable;
  }

  /** @throws UnavailableError `mail.unavailable`. */
  requireTransport(): void {
    this.mails.requireTransport();
  }
}
