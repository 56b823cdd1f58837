import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

interface Waiter {
  to: string;
  resolve: (mail: Mail) => void;
}

/** For tests: keeps what was sent. `app.get(MailTransport) as MemoryTransport`. */
export class MemoryTransport extends MailTransport {
  readonly sent: Mail[] = [];
  #waiters: Waiter[] = [];

  async deliver(mail: Mail): Promise<void> {
    this.sent.push(mail);
    const waiting = this.#waiters.filter((waiter) => waiter.to === mail.to);
    this.#waiters = this.#waiters.filter((waiter) => waiter.to !== mail.to);
    for (const { resolve } of waiting) resolve(mail);
  }

  /** The last mail that was sent to the address, as soon as there is one. */
  mailTo(to: string): Promise<Mail> {
    const sent = this.sent.findLast((mail) => mail.to === to);
    if (sent) return Promise.resolve(sent);
    return new Promise((resolve) => this.#waiters.push({ to, resolve }));
  }
}
