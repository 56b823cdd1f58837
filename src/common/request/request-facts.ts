import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { type ClsStore, ClsServiceManager } from 'nestjs-cls';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { truncate } from '../values/text-length.js';

/** Facts about a request for logs, audit and error handling. One object per request, shared by all nested contexts. */
export interface RequestFacts {
  readonly requestId: string;
  readonly ipAddress?: string;
  readonly userAgent?: string;
  readonly request: IdentifiedRequest;
  /** The code of the problem in the response. */
  problemCode?: string;
}

const FACTS = Symbol('request facts');
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:@=+/-]{0,127}$/;
const MAX_USER_AGENT = 500;

/** Returns the facts of the request behind the running context, for code without dependency injection. */
export function factsOfRequest(): RequestFacts | undefined {
  const cls = ClsServiceManager.getClsService();
  return cls.isActive() ? (cls.get() as { [FACTS]?: RequestFacts })[FACTS] : undefined;
}

/** The first middleware: opens the request's async context and sets its request id. */
export function openRequestContext(request: Request, response: Response, next: NextFunction): void {
  const sent = request.get('x-request-id');
  const agent = request.get('user-agent');
  const facts: RequestFacts = {
    requestId: sent !== undefined && SANE_REQUEST_ID.test(sent) ? sent : randomUUID(),
    ipAddress: request.ip,
    userAgent: agent === undefined ? undefined : truncate(agent, MAX_USER_AGENT),
    request,
  };
  response.setHeader('X-Request-Id', facts.requestId);
  ClsServiceManager.getClsService().runWith({ [FACTS]: facts } as ClsStore, next);
}
