import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a connection may still take to send the rest of a request's head once everything else is finished. */
const HALF_REQUEST_GRACE_MS = 500;

/**
 * Closes an HTTP server without failing a request. Node alone would keep idle connections of clients that
 * never close them, and connections that have not sent anything yet, until their time-outs.
 */
export class HttpConnections {
  private readonly inFlight = new InFlight();
  private leaving = false;
  private idle?: () => void;

  constructor(private readonly server: Server) {
    server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
      const leave = this.inFlight.enter(response);
      if (this.leaving) response.setHeader('Connection', 'close');
      response.once('close', () => {
        leave();
        if (this.inFlight.size === 0) this.idle?.();
      });
    });
  }

  /** From now on every answer asks its client to reconnect, by then to another process. */
  askToLeave(): void {
    this.leaving = true;
    for (const { response } of this.inFlight.entries) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
  }

  /** Accepts nothing new, and resolves when the last answer has been sent and the last connection is closed. */
  async close(): Promise<void> {
    this.askToLeave();
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    if (this.inFlight.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.server.closeIdleConnections();
    const graceOver = new AbortController();
    await Promise.race([closed, sleep(HALF_REQUEST_GRACE_MS, undefined, { signal: graceOver.signal })]);
    graceOver.abort();
    // A request that arrived in full during the grace is still answered.
    if (this.inFlight.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

/**
 * The answers that are under way. An array and not a Set: a Set that is filled and emptied all the time leaves old tables behind,
 * each of which points to the next, and through them V8 keeps the answers (and all that hangs on them) long after their end.
 */
class InFlight {
  readonly entries: { response: ServerResponse; index: number }[] = [];

  get size(): number {
    return this.entries.length;
  }

  /** Returns how to leave, which is to be called once. */
  enter(response: ServerResponse): () => void {
    const entry = { response, index: this.entries.length };
    this.entries.push(entry);
    return () => {
      const last = this.entries.pop()!;
      if (last === entry) return;
      last.index = entry.index;
      this.entries[entry.index] = last;
    };
  }
}
