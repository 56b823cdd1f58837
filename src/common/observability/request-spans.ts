import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { pathForLogs } from '../request/path-for-logs.js';
import { factsOfRequest } from '../request/request-facts.js';
import { isProbe } from '../request/served-paths.js';
import type { Tracing } from '../tracing/tracing.js';
import { routeOf, statusOf } from './http-metrics.js';

/**
 * Creates a span for each request, until its response is sent; none for probes. As in the log, queries and bodies are
 * not recorded.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => traced(tracing, request, response, next);
}

function traced(tracing: Tracing, request: Request, response: Response, next: NextFunction): void {
  const path = pathForLogs(request);
  if (isProbe(path)) return next();
  const facts = factsOfRequest();
  const span = tracing.open(request.method, {
    kind: 'server',
    parent: { traceparent: request.get('traceparent'), tracestate: request.get('tracestate'), isForeign: true },
    attributes: { 'http.request.method': request.method, 'url.path': path, 'tenantry.request.id': facts?.requestId },
  });
  response.once('close', () => {
    const status = statusOf(response);
    const route = routeOf(request);
    span.rename(`${request.method} ${route}`);
    span.set({
      'http.route': route,
      'http.response.status_code': status,
      'tenantry.tenant.id': facts?.request.tenantId,
    });
    if (status >= 500) span.fail(facts?.problemCode ?? String(status));
    span.end();
  });
  span.enter(next);
}
