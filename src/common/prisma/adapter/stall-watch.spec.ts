import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { QueryObserver } from '../query-observer.js';
import { Connections } from './connections.js';
import { StallWatch } from './stall-watch.js';

/** A server that accepts every connection and never answers a query. */
function silentServer(): Promise<{ server: Server; sockets: Socket[]; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // AuthenticationOk, ReadyForQuery (idle).
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])));
    socket.on('error', () => undefined);
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve({ server, sockets, port: (server.address() as AddressInfo).port })),
  );
}

describe('StallWatch', () => {
  it('gives up a connection whose server does not answer, and nothing else', async () => {
    const { server, port } = await silentServer();
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'u', database: 'd', max: 2 });
    pool.on('error', () => undefined);
    new StallWatch(pool, 200);
    const idle = await pool.connect();
    const stalled = await pool.connect();
    for (const client of [idle, stalled]) client.on('error', () => undefined);

    await expect(stalled.query('SELECT 1')).rejects.toThrow('Query read timeout');
    expect((idle as unknown as { connection: { stream: Socket } }).connection.stream.destroyed).toBe(false);

    stalled.release(true);
    idle.release(true);
    await pool.end();
    server.close();
  });

  it('is not needed while a connection is made: that has a limit of its own', async () => {
    const { server, sockets, port } = await silentServer();
    const url = `postgresql://u@127.0.0.1:${port}/d`;
    const limits = { max: 1, min: 0, maxPerTenant: 1, poolTimeoutMs: 5000, queryTimeoutMs: 100, namedStatements: true };
    const connections = new Connections({ url, role: 'app', ...limits }, new QueryObserver());
    await expect(connections.acquire(undefined)).rejects.toThrow('Query read timeout');
    for (const socket of sockets) socket.destroy();
    await connections.pool.end();
    server.close();
  });
});
