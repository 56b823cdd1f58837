import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

interface Waiter {
  to: string;
  resolve: (mail: Mail) => void;
}

/** For tests: stores sent mails. `app.get(MailTransport) as MemoryTransport`. */
export class MemoryTransport extends MailTransport {
  readonly sent: Mail[] = [];
  #waiters: Waiter[] = [];

  async deliver(mail: Mail): Promise<void> {
    this.sent.push(mail);
    const waiting = this.#waiters.filter((waiter) => waiter.to === mail.to);
    this.#waiters = this.#waiters.filter((waiter) => waiter.to !== mail.to);
    for (const { resolve } of waiting) resolve(mail);
  }

  /** Resolves with the last mail sent to the address, waiting for the first one if necessary. */
  mailTo(to: string): Promise<Mail> {
    const sent = this.sent.findLast((mail) => mail.to === to);
    if (sent) return Promise.resolve(sent);
    return new Promise((resolve) => this.#waiters.push({ to, resolve }));
  }
}
