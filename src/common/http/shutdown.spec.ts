import { createServer, get, Agent, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { DrainService } from './drain.service.js';
import { HttpConnections } from './http-connections.js';
import { Shutdown, type ShutdownParts } from './shutdown.js';

Logger.overrideLogger(false);

function shutdownWith(parts: Partial<ShutdownParts>): { shutdown: Shutdown; exited: Promise<number>; steps: string[] } {
  const steps: string[] = [];
  let exit!: (code: number) => void;
  const exited = new Promise<number>((resolve) => (exit = resolve));
  const shutdown = new Shutdown({
    drain: { begin: () => void steps.push('not ready'), run: async () => void steps.push('streams end') },
    connections: {
      askToLeave: () => void steps.push('ask to leave'),
      close: async () => void steps.push('stop accepting'),
    },
    isServing: () => true,
    closeApp: async () => void steps.push('close pools'),
    exit,
    drainDelayMs: 0,
    timeoutMs: 5000,
    ...parts,
  });
  return { shutdown, exited, steps };
}

describe('Shutdown', () => {
  it('goes through its steps in order, once, however often SIGTERM comes', async () => {
    const { shutdown, exited, steps } = shutdownWith({});
    shutdown.onSignal('SIGTERM');
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(0);
    expect(steps).toEqual(['not ready', 'ask to leave', 'stop accepting', 'streams end', 'close pools']);
  });

  it('keeps serving for the drain delay', async () => {
    let delayIsOver = false;
    const { shutdown, exited } = shutdownWith({
      drainDelayMs: 50,
      connections: { askToLeave: () => {}, close: async () => expect(delayIsOver).toBe(true) },
    });
    setTimeout(() => (delayIsOver = true), 25);
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('does not wait when it never served', async () => {
    const { shutdown, exited } = shutdownWith({ isServing: () => false, drainDelayMs: 60_000 });
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('ends with 1 when something does not finish in time', async () => {
    const { shutdown, exited } = shutdownWith({ timeoutMs: 20, closeApp: () => new Promise(() => {}) });
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(1);
  });

  it('ends with 1 when closing fails', async () => {
    const { shutdown, exited } = shutdownWith({ closeApp: () => Promise.reject(new Error('pool')) });
    shutdown.onSignal('SIGINT');
    expect(await exited).toBe(1);
  });

  it('ends at once on the second SIGINT', async () => {
    const { shutdown, exited } = shutdownWith({ timeoutMs: 100, closeApp: () => new Promise(() => {}) });
    shutdown.onSignal('SIGINT');
    shutdown.onSignal('SIGINT');
    expect(await exited).toBe(130);
  });
});

describe('DrainService', () => {
  it('calls what was registered once, in spite of a failure, and not what was forgotten', async () => {
    const drain = new DrainService();
    const called: string[] = [];
    drain.onDrain(() => {
      called.push('first');
      throw new Error('does not matter to the others');
    });
    drain.onDrain(async () => void called.push('second'));
    const forget = drain.onDrain(() => void called.push('forgotten'));
    forget();
    expect(drain.isDraining).toBe(false);
    await Promise.all([drain.run(), drain.run()]);
    expect(drain.isDraining).toBe(true);
    expect(called).toEqual(['first', 'second']);
  });
});

describe('HttpConnections', () => {
  let server: Server;
  let connections: HttpConnections;
  let release: () => void;
  let arrived: Promise<unknown>;

  beforeEach(async () => {
    const held = new Promise<void>((resolve) => (release = resolve));
    server = createServer((request, response) => {
      if (request.url === '/held') void held.then(() => response.end('held'));
      else response.end('quick');
    });
    connections = new HttpConnections(server);
    arrived = once(server, 'request');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  const port = (): number => (server.address() as AddressInfo).port;

  async function request(
    path: string,
    agent: Agent,
    at = port(),
  ): Promise<{ text: string; headers: IncomingMessage['headers'] }> {
    const [response] = (await once(get({ port: at, host: '127.0.0.1', path, agent }), 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { text, headers: response.headers };
  }

  it('answers requests in flight, asks their clients to leave and closes kept-alive connections', async () => {
    const agent = new Agent({ keepAlive: true });
    const answer = request('/held', agent);
    await arrived;
    await request('/quick', agent);
    const closing = connections.close();
    release();
    expect(await answer).toMatchObject({ text: 'held', headers: { connection: 'close' } });
    await closing;
    expect(server.listening).toBe(false);
    agent.destroy();
  });

  it('accepts nothing new once it closes', async () => {
    const agent = new Agent();
    const at = port();
    const answer = request('/held', agent);
    await arrived;
    const closing = connections.close();
    await expect(request('/quick', agent, at)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release();
    await answer;
    await closing;
  });

  it('does not wait for a connection that never sends a request', async () => {
    const silent = connect(port(), '127.0.0.1');
    await once(silent, 'connect');
    silent.on('error', () => {});
    const ended = once(silent, 'close');
    silent.resume();
    await connections.close();
    await ended;
  });
});
