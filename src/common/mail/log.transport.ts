import { Logger } from '@nestjs/common';
import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

/** For development without a mail server: logs the mail, including its links. */
export class LogTransport extends MailTransport {
  readonly #logger = new Logger('Mail');

  async deliver({ to, subject, text }: Mail): Promise<void> {
    this.#logger.log(`To: ${to}\nSubject: ${subject}\n\n${text}`);
  }
}
