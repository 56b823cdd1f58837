import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/config.js';
import { StartupError } from '../errors/startup.error.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Serves `/metrics` on a separate port, so that callers of the API cannot read it. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(
    private readonly config: Config,
    private readonly registry: MetricsRegistry,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** The listening port; 0 if not listening. */
  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** @throws StartupError when the port is not available. */
  async onApplicationBootstrap(): Promise<void> {
    // A process without HTTP (the seed) runs beside a serving one and must not take its port.
    if (!this.adapterHost.httpAdapter) return;
    const { METRICS_PORT, METRICS_HOST } = this.config;
    this.server.listen(METRICS_PORT, METRICS_HOST);
    try {
      await once(this.server, 'listening');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === 'EADDRINUSE' ? 'another program uses it' : message;
      throw new StartupError([
        `Metrics cannot be served on ${METRICS_HOST}:${METRICS_PORT} (METRICS_HOST, METRICS_PORT): ${reason}.`,
      ]);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const metrics = await this.registry.metrics();
      response.writeHead(200, { 'Content-Type': this.registry.contentType }).end(metrics);
    } catch (error) {
      this.logger.error({ err: error }, 'Failed to collect metrics');
      response.writeHead(500).end();
    }
  }
}
