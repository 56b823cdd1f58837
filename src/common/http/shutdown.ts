import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DrainService } from './drain.service.js';
import { HttpConnections } from './http-connections.js';

const EXIT_FORCED = 1;
const EXIT_INTERRUPTED = 130;

export interface ShutdownParts {
  drain: Pick<DrainService, 'begin' | 'run'>;
  connections: Pick<HttpConnections, 'askToLeave' | 'close'>;
  /** True if the server accepts requests; otherwise the drain delay is skipped. */
  isServing: () => boolean;
  closeApp: () => Promise<void>;
  exit: (code: number) => void;
  drainDelayMs: number;
  timeoutMs: number;
}

/**
 * Ends the process without failing a request: readiness fails at once, requests are still served for `drainDelayMs`
 * because load balancers react late, then no new ones are accepted, streams and tasks end, requests in flight finish,
 * pools close, and the process exits with 0. After `timeoutMs` it exits with 1, whatever is still running.
 */
export class Shutdown {
  private readonly logger = new Logger(Shutdown.name);
  private running = false;
  private interrupts = 0;

  constructor(private readonly parts: ShutdownParts) {}

  /** A repeated signal has no effect, except that a second SIGINT (Ctrl-C twice) ends the process at once. */
  onSignal(signal: 'SIGTERM' | 'SIGINT'): void {
    if (signal === 'SIGINT' && ++this.interrupts > 1) {
      this.logger.warn('Interrupted twice: exiting at once.');
      this.parts.exit(EXIT_INTERRUPTED);
      return;
    }
    if (this.running) return;
    this.running = true;
    this.logger.log(`${signal}: shutting down`);
    void this.run();
  }

  private async run(): Promise<void> {
    const { drain, connections, exit, timeoutMs } = this.parts;
    const deadline = setTimeout(() => {
      this.logger.error(`Not finished after ${timeoutMs} ms (SHUTDOWN_TIMEOUT_MS): exiting anyway.`);
      exit(EXIT_FORCED);
    }, timeoutMs);
    try {
      drain.begin();
      connections.askToLeave();
      if (this.parts.isServing()) await sleep(this.parts.drainDelayMs);
      await Promise.all([connections.close(), drain.run()]);
      await this.parts.closeApp();
      this.logger.log('Shut down');
      clearTimeout(deadline);
      exit(0);
    } catch (error) {
      this.logger.error('The shutdown failed.', error);
      clearTimeout(deadline);
      exit(EXIT_FORCED);
    }
  }
}

/** Handles SIGTERM and SIGINT. Call once, before `listen()`. */
export function shutDownOnSignals(app: INestApplication): void {
  const config = app.get(Config);
  const server = app.getHttpServer() as Server;
  const shutdown = new Shutdown({
    drain: app.get(DrainService),
    connections: new HttpConnections(server),
    isServing: () => server.listening,
    closeApp: () => app.close(),
    exit: (code) => process.exit(code),
    drainDelayMs: config.DRAIN_DELAY_MS,
    timeoutMs: config.SHUTDOWN_TIMEOUT_MS,
  });
  process.on('SIGTERM', () => shutdown.onSignal('SIGTERM'));
  process.on('SIGINT', () => shutdown.onSignal('SIGINT'));
}
