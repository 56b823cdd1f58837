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

/** Longer than load balancers keep theirs, so that they never send a request into a connection that is closing. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the program; it stops on signals. What keeps it from starting is told, and ends the process with 1. */
export async function start(): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${describeStartFailure(error)}\n`, () => process.exit(1));
  }
}

async function run(): Promise<void> {
  // First of all, so that a wrong environment stops the program before it has opened anything.
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

/** A third of the memory after a start is garbage that V8 would keep for as long as little happens. Node exposes `gc` where asked to. */
function collectGarbageOfStart(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
