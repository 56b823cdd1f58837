import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pathForLogs } from '../request/path-for-logs.js';
import { factsOfRequest } from '../request/request-facts.js';
import { isProbe } from '../request/served-paths.js';

/**
 * Logs one line per request after the response was sent or the client disconnected. Probes are not logged. Queries are
 * never logged, since they may contain tickets.
 */
export function logRequests(root: Logger): RequestHandler {
  // These lines need no redaction: all their fields are set here, and none holds a secret.
  const logger = root.child({ context: 'Http' }, { formatters: { log: (fields) => fields } });
  return (request, response, next) => logWhenDone(logger, request, response, next);
}

function logWhenDone(logger: Logger, request: Request, response: Response, next: NextFunction): void {
  const facts = factsOfRequest();
  const path = pathForLogs(request);
  if (!facts || isProbe(path)) return next();
  const startedAt = performance.now();
  response.once('close', () => {
    const { requestId, problemCode, ipAddress } = facts;
    const { actor, tenantId } = facts.request;
    logger.info({
      msg: 'request',
      requestId,
      method: request.method,
      path,
      route: (request.route as { path?: string } | undefined)?.path,
      status: response.statusCode,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      tenantId,
      actorId: actor?.id,
      actorKind: actor?.kind,
      code: problemCode,
      ipAddress,
      ...(!response.writableFinished && { aborted: true }),
    });
  });
  next();
}
