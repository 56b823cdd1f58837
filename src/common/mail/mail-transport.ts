import type { Mail } from './mail.types.js';

/** Delivers mails to the outside. `MailModule` selects the implementation by the configuration. */
export abstract class MailTransport {
  /** False if this installation cannot send mail. */
  readonly isAvailable: boolean = true;

  /**
   * @param messageId the same for every attempt to send the same mail.
   * @throws any error: the mail is retried later.
   */
  abstract deliver(mail: Mail, messageId: string): Promise<void>;
}
