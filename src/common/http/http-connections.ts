import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Grace period for a connection to finish sending a request's headers after all other requests are done. */
const HALF_REQUEST_GRACE_MS = 500;

/**
 * Closes an HTTP server without failing a request. Node alone would wait for the time-outs of idle connections that
 * clients keep open, and of connections that have not sent anything yet.
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

  /** From now on, every response asks the client to reconnect; the new connection will reach another process. */
  askToLeave(): void {
    this.leaving = true;
    for (const { response } of this.inFlight.entries) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
  }

  /** Stops accepting connections. Resolves after the last response was sent and the last connection closed. */
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
    // A request that arrived completely during the grace period is still answered.
    if (this.inFlight.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

/**
 * The responses in progress. An array rather than a Set: a Set with constant insertions and deletions leaves old tables
 * behind that are linked to each other, and through them V8 keeps responses, and everything they reference, alive long
 * after their end.
 */
class InFlight {
  readonly entries: { response: ServerResponse; index: number }[] = [];

  get size(): number {
    return this.entries.length;
  }

  /** Returns the function that removes the entry; call it once. */
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
