import { once } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { DrainService } from '../http/drain.service.js';
import { CredentialWatch } from './credential-watch.js';
import { StreamSlots } from './stream-slots.js';
import { WakeUp } from './wake-up.js';

export interface StreamEvent {
  /** Sent back by the client as `Last-Event-ID`. Like `type`, it contains no line breaks. */
  id: string;
  type: string;
  data: unknown;
}

/** The source of a stream's events. */
export interface StreamSource {
  /**
   * Returns the events after the given id, oldest first; from the beginning without an id. `isOver`: no further events
   * will follow.
   */
  read(after: string | undefined): Promise<{ events: StreamEvent[]; isOver: boolean }>;
  /** Calls `wake` when there may be more events. Returns a function that unsubscribes. */
  subscribe(wake: () => void): () => void;
}

/** Proxies close connections that are silent for longer. Also the maximum delay after a lost notification. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1000;

/**
 * Event streams (Server-Sent Events, WHATWG HTML 9.2). They resume after `Last-Event-ID`, and end when the source is
 * over, the credential expires, or the process drains; the client is then sent a reconnection time.
 */
@Injectable()
export class EventStreams {
  readonly #logger = new Logger(EventStreams.name);

  constructor(
    private readonly drain: DrainService,
    private readonly credentials: CredentialWatch,
    private readonly slots: StreamSlots,
  ) {}

  /**
   * Responds with the stream and resolves when it has ended. A client that reconnects to a stream that is over gets
   * 204, which stops an EventSource.
   * @throws RateLimitError, UnavailableError and any error of the source's first `read`, all before anything is sent.
   */
  async serve(request: IdentifiedRequest, response: Response, source: StreamSource): Promise<void> {
    const limits = await this.slots.limitsOf(request.tenantId);
    // The client disconnected during the wait, so no further event would signal the end.
    if (response.closed) return;
    const leave = this.slots.enter(request.tenantId, request.actor?.id ?? '', limits);
    const end = new AbortController();
    const wakeUp = new WakeUp(end.signal);
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const stop = (): void => end.abort();
    const undo = [
      leave,
      source.subscribe(() => wakeUp.wake()),
      this.credentials.watch(request, stop),
      this.drain.onDrain(() => {
        stop();
        return closed;
      }),
    ];
    response.once('close', stop);
    try {
      const after = lastEventIdOf(request);
      const first = await source.read(after);
      if (first.isOver && first.events.length === 0) response.status(204).end();
      else await this.#send(response, source, wakeUp, first, after, end.signal);
    } finally {
      for (const fn of undo) fn();
    }
  }

  async #send(
    response: Response,
    source: StreamSource,
    wakeUp: WakeUp,
    first: Awaited<ReturnType<StreamSource['read']>>,
    lastId: string | undefined,
    end: AbortSignal,
  ): Promise<void> {
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    response.flushHeaders();
    await write(response, `retry: ${RECONNECT_MS}\n\n`, end);
    try {
      let page = first;
      let after = lastId;
      while (!wakeUp.isOver) {
        for (const event of page.events) await write(response, frameOf(event), end);
        after = page.events.at(-1)?.id ?? after;
        if (page.isOver) break;
        if (page.events.length === 0 && !(await wakeUp.wait(HEARTBEAT_MS))) await write(response, ':\n\n', end);
        page = await source.read(after);
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'A stream was interrupted; its client will reconnect.');
    }
    // A client that has stopped reading would otherwise keep the connection open indefinitely.
    if (response.writableNeedDrain) response.destroy();
    else response.end(`retry: ${RECONNECT_MS}\n\n`);
  }
}

function frameOf({ id, type, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Waits for a client that reads slowly, until the stream ends; meanwhile nothing is read for it. */
async function write(response: Response, text: string, end: AbortSignal): Promise<void> {
  if (end.aborted || response.destroyed || response.writableEnded || response.write(text)) return;
  await once(response, 'drain', { signal: end }).catch(() => undefined);
}

function lastEventIdOf(request: IdentifiedRequest): string | undefined {
  const given = request.get('Last-Event-ID') ?? request.query['lastEventId'];
  return typeof given === 'string' && given !== '' ? given : undefined;
}
