import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Gauge, Histogram } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.js';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The non-standard code that proxies log for a client that disconnected before the response. */
const CLIENT_LEFT = 499;

/**
 * Returns the declared path (`/api/v1/users/:id`). All unmatched requests share one value, to limit the number of time
 * series.
 */
export function routeOf(request: IncomingMessage): string {
  const path = (request as IncomingMessage & { route?: { path?: unknown } }).route?.path;
  return typeof path === 'string' && !path.includes('*') ? path : 'unmatched';
}

/** Returns the response status; 499 if the client disconnected before it was sent. */
export function statusOf(response: ServerResponse): number {
  return response.writableFinished ? response.statusCode : CLIENT_LEFT;
}

/** Rate, errors and duration of every request, including those that reach no controller. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  private readonly inFlight: Gauge;
  private readonly duration: Histogram;

  constructor(
    registry: MetricsRegistry,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.inFlight = new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests being processed.',
      registers: [registry],
    });
    this.duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its response. Status 499: the client disconnected.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter?.getHttpServer() as Server | undefined;
    server?.prependListener('request', (request, response) => this.observe(request, response));
  }

  private observe(request: IncomingMessage, response: ServerResponse): void {
    const start = performance.now();
    this.inFlight.inc();
    response.once('close', () => {
      this.inFlight.dec();
      const labels = { method: request.method ?? '', route: routeOf(request), status: String(statusOf(response)) };
      this.duration.observe(labels, (performance.now() - start) / 1000);
    });
  }
}
