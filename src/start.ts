import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { loadConfig } from './common/config/load-config.js';
import { configureApp } from './request-pipeline.js';
import { shutDownOnSignals } from './common/http/shutdown.js';
import { describeStartFailure } from './common/http/start-failure.js';
import { MetricsServer } from './common/observability/metrics-server.js';

/** Longer than the keep-alive of load balancers, so that they never use a connection that is closing. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the application, which stops on signals. If it cannot start, prints the reason and exits with 1. */
export async function start(): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${describeStartFailure(error)}\n`, () => process.exit(1));
  }
}

async function run(): Promise<void> {
  // Load the configuration first, so that an invalid one stops the process before it has opened anything.
  const { PORT, HOST } = loadConfig();
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  configureApp(app);
  shutDownOnSignals(app);
  await app.init();
  collectGarbageOfStart();
  const server = (await app.listen(PORT, HOST)) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;
  const { port } = server.address() as AddressInfo;
  new Logger('Main').log({ msg: 'ready', port, host: HOST, metricsPort: app.get(MetricsServer).port });
}

/**
 * About a third of the memory after startup is garbage, which V8 would keep while the process is idle. Node exposes
 * `gc` only on request.
 */
function collectGarbageOfStart(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
