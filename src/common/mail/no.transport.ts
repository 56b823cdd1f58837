import { MailTransport } from './mail-transport.js';

/** For production without SMTP_URL. `MailService` checks `isAvailable` before anything is enqueued. */
export class NoTransport extends MailTransport {
  override readonly isAvailable = false;

  deliver(): Promise<void> {
    return Promise.reject(new Error('SMTP_URL is not set: no email can be sent.'));
  }
}
