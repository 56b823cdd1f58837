import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { factsOfRequest } from '../http/request-facts.js';
import { isProbe } from '../http/served-paths.js';

const logger = new Logger('Http');

/** One line per request when its answer is out, or its client gone. Probes are not logged. Never logs queries: they may hold tickets. */
export function logRequests(request: Request, response: Response, next: NextFunction): void {
  const facts = factsOfRequest();
  const path = request.originalUrl.replace(/[?#].*$/s, '');
  if (!facts || isProbe(path)) return next();
  const startedAt = process.hrtime.bigint();
  response.once('close', () => {
    const { requestId, problemCode, ipAddress } = facts;
    const { actor, tenantId } = facts.request;
    logger.log({
      msg: 'request',
      requestId,
      method: request.method,
      path,
      route: (request.route as { path?: string } | undefined)?.path,
      status: response.statusCode,
      durationMs: Math.round(Number(process.hrtime.bigint() - startedAt) / 1e4) / 100,
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
