import { Logger } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { mailableAddress } from '../values/email-address.js';
import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Sends by SMTP, with one connection per mail. */
export class SmtpTransport extends MailTransport {
  readonly #logger = new Logger(SmtpTransport.name);
  #transporter: Promise<Transporter> | undefined;

  /** @param url value of SMTP_URL. @param from value of MAIL_FROM. */
  constructor(
    private readonly url: string,
    private readonly from: string,
  ) {
    super();
  }

  async deliver(mail: Mail, messageId: string): Promise<void> {
    const transporter = await (this.#transporter ??= this.#open());
    try {
      await transporter.sendMail({
        from: this.from,
        // As an object: a string would be parsed and could contain several recipients.
        to: { name: '', address: mailableAddress(mail.to) },
        subject: mail.subject,
        text: mail.text,
        messageId,
      });
    } catch (error) {
      if (!isRejectedForGood(error)) throw error;
      this.#logger.warn(
        { err: error, messageId },
        'The mail server rejected the recipient permanently; the email is dropped.',
      );
    }
  }

  /** Loads the library on the first mail, since most processes never send one. */
  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return createTransport({ url: this.url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
  }
}

/** True for a permanent rejection of the recipient (RFC 5321, 5yz), which a retry cannot change. */
function isRejectedForGood(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  return code === 'EENVELOPE' && responseCode >= 500 && responseCode < 600;
}
