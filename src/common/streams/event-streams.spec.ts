import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Response } from 'express';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import type { DrainService } from '../http/drain.service.js';
import type { CredentialWatch } from './credential-watch.js';
import { EventStreams, type StreamSource } from './event-streams.js';
import { StreamSlots } from './stream-slots.js';

/** A source that always has an event and never ends. */
const ENDLESS: StreamSource = {
  read: (after = '0') =>
    Promise.resolve({ events: [{ id: `${Number(after) + 1}`, type: 'x', data: 'x'.repeat(65_536) }], isOver: false }),
  subscribe: () => () => undefined,
};

describe('A client of an event stream that has stopped reading', () => {
  let server: Server;
  afterEach(() => server.close());

  it('is let go when its credential ends', async () => {
    const credential = Promise.withResolvers<() => void>();
    const watch = { watch: (_: unknown, end: () => void) => (credential.resolve(end), () => undefined) };
    const drain = { onDrain: () => () => undefined };
    const streams = new EventStreams(
      drain as unknown as DrainService,
      watch as unknown as CredentialWatch,
      new StreamSlots(),
    );
    const stalled = Promise.withResolvers<void>();
    const served = Promise.withResolvers<void>();
    server = createServer((incoming, outgoing) => {
      const request = Object.assign(incoming, { get: () => undefined, query: {} });
      const response = Object.assign(outgoing, {
        req: incoming,
        status: () => response,
        set: () => response,
      }) as unknown as Response;
      const poll = (): void => void (outgoing.writableNeedDrain ? stalled.resolve() : setImmediate(poll));
      poll();
      void streams.serve(request as unknown as IdentifiedRequest, response, ENDLESS).then(served.resolve);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    client.pause();
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');

    await stalled.promise;
    (await credential.promise)();

    await served.promise;
    client.resume();
    await once(client, 'close');
    expect(client.destroyed).toBe(true);
  });
});
