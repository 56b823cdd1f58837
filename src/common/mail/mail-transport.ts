import type { Mail } from './mail.types.js';

/** Takes mails out of the house. Which one is used, `MailModule` decides from the configuration. */
export abstract class MailTransport {
  /** False when this installation cannot send mail at all. */
  readonly isAvailable: boolean = true;

  /**
   * `messageId` is the same for every attempt to send the same mail.
   * @throws anything: the mail is tried again later.
   */
  abstract deliver(mail: Mail, messageId: string): Promise<void>;
}
