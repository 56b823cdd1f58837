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
  /** Whether the server accepts requests: otherwise there is nobody to wait for. */
  isServing: () => boolean;
  closeApp: () => Promise<void>;
  exit: (code: number) => void;
  drainDelayMs: number;
  timeoutMs: number;
}

/**
 * Ends the process without failing a request: not ready at once, still serving for `drainDelayMs` (balancers learn late),
 * then nothing new, streams and jobs end, requests in flight finish, pools close, exit 0.
 * After `timeoutMs` the process ends with 1 whatever is left.
 */
export class Shutdown {
  private readonly logger = new Logger(Shutdown.name);
  private running = false;
  private interrupts = 0;

  constructor(private readonly parts: ShutdownParts) {}

  /** A repeated signal changes nothing, except that a second SIGINT (Ctrl-C twice) ends the process at once. */
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

/** Installs the shutdown for SIGTERM and SIGINT. Call it once, before `listen()`. */
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
