import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Logger,
  MethodNotAllowedException,
  NotFoundException,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { RateLimitError, StaleVersionError, UnavailableError } from '../errors/app-error.js';
import { isRefusedValue, toAppError } from '../prisma/prisma-errors.js';
import { allowedMethods } from './allowed-methods.js';
import { problemOf, titleOf, type Problem } from './problem.js';
import { factsOfRequest } from '../request/request-facts.js';
import { ForeignPathException } from '../request/served-paths.js';

/** Headers that describe a response that will not be sent. */
const OF_THE_ANSWER = [
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'ETag',
  'Last-Modified',
  'Location',
];

/** Converts every error of every route to `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = toAppError(thrown) ?? wrongMethod(thrown, request, response) ?? thrown;
    const problem = problemOf(error);
    this.log(thrown, problem, request);
    if (response.headersSent) {
      // Part of the response was already sent: only closing the connection shows that it is incomplete.
      response.destroy();
      return;
    }
    const facts = factsOfRequest();
    if (facts) facts.problemCode = problem.code;
    for (const header of OF_THE_ANSWER) response.removeHeader(header);
    setErrorHeaders(error, problem, request, response);
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:tenantry:problem:${problem.code}`,
          title: titleOf(problem.status),
          status: problem.status,
          detail: problem.detail,
          // Without the query, which may contain tickets and search terms.
          instance: request.originalUrl.replace(/[?#].*$/s, ''),
          code: problem.code,
          requestId: facts?.requestId,
          errors: problem.errors,
        }),
      );
  }

  private log(thrown: unknown, { status, code }: Problem, request: Request): void {
    if (isRefusedValue(thrown))
      this.logger.error({ msg: 'The database refused a value that validation had accepted', err: thrown });
    // A client that disconnects during its request is not an error of the server.
    if (status < 500 || (request.destroyed && !request.complete)) return;
    if (status === 503) this.logger.warn({ msg: 'Temporarily unavailable', code, err: thrown });
    else this.logger.error({ msg: 'Failed to respond', err: thrown });
  }
}

/** Detects a path that has routes, but none for this method; sets `Allow`. */
function wrongMethod(thrown: unknown, request: Request, response: Response): MethodNotAllowedException | undefined {
  // Nest's own exception; services throw other classes.
  if (!(thrown instanceof NotFoundException) || thrown instanceof ForeignPathException) return undefined;
  const methods = allowedMethods(request);
  if (methods.length === 0 || methods.includes(request.method)) return undefined;
  response.setHeader('Allow', methods.join(', '));
  return new MethodNotAllowedException();
}

function setErrorHeaders(error: unknown, { status }: Problem, request: Request, response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  if (status === 401) {
    const sent = request.get('authorization') !== undefined;
    response.setHeader('WWW-Authenticate', `Bearer realm="tenantry"${sent ? ', error="invalid_token"' : ''}`);
  }
  if (error instanceof RateLimitError || error instanceof UnavailableError) {
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  } else if (status === 503 && !response.hasHeader('Retry-After')) response.setHeader('Retry-After', '1');
  if (error instanceof StaleVersionError && error.currentTag) response.setHeader('ETag', error.currentTag);
}
