import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import {
  AppError,
  ConflictError,
  FailedError,
  ForbiddenError,
  InvalidInputError,
  type InputProblem,
  NotFoundError,
  RateLimitError,
  StaleVersionError,
  UnauthenticatedError,
  UnavailableError,
  UnprocessableError,
} from '../errors/app-error.js';

/** RFC 9457 problem details without the fields that depend on the request. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: InputProblem[];
}

const STATUS_OF_CLASS: ReadonlyArray<[abstract new (...args: never[]) => AppError, number]> = [
  [InvalidInputError, 400],
  [UnauthenticatedError, 401],
  [ForbiddenError, 403],
  [NotFoundError, 404],
  [ConflictError, 409],
  [StaleVersionError, 412],
  [UnprocessableError, 422],
  [RateLimitError, 429],
  [FailedError, 500],
  [UnavailableError, 503],
];

/** Codes and texts for framework errors, whose own messages may quote input or reveal internals. */
const OF_STATUS: Record<number, [code: string, detail: string]> = {
  400: ['request.invalid', 'The request is not valid.'],
  401: ['auth.unauthenticated', 'Sign in, or send a valid API key.'],
  403: ['auth.forbidden', 'Your role does not allow this.'],
  /** @remedy Check the method and the path. */
  404: ['route.not_found', 'There is no such route.'],
  405: ['route.method_not_allowed', 'The route does not support this method.'],
  406: ['request.not_acceptable', 'None of the requested media types is available.'],
  408: ['request.timeout', 'The request took too long to arrive.'],
  409: ['resource.conflict', 'The request conflicts with an existing resource or its state.'],
  412: ['resource.stale', 'The resource has changed in the meantime. Read it again and repeat the change.'],
  413: ['request.too_large', 'The body is larger than this route accepts.'],
  414: ['request.uri_too_long', 'The address is too long.'],
  415: ['request.unsupported_media_type', 'The route does not accept this content type, character set or encoding.'],
  422: ['request.unprocessable', 'The request is well-formed, but cannot be processed.'],
  431: ['request.headers_too_large', 'The headers are larger than this server accepts.'],
  429: ['rate_limit.exceeded', 'Too many requests. Try again later.'],
  503: ['service.unavailable', 'The service is temporarily unavailable. Try again.'],
};

const INTERNAL: Problem = {
  status: 500,
  code: 'internal.error',
  detail: 'An internal error occurred. The requestId identifies it in the logs.',
};

/** Converts an error to a problem. Unknown errors become 500 without details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) return ofAppError(error);
  if (error instanceof HttpException) {
    const status = error.getStatus();
    const own = status < 500 && error.errorCode !== undefined ? error.message : undefined;
    return ofStatus(status, error.errorCode, own ?? (status === 415 ? error.message : undefined));
  }
  return isHttpError(error) && error.statusCode < 500 ? ofHttpError(error) : INTERNAL;
}

/** Returns the usual problem of a status, for documentation. */
export function usualProblem(status: number): Problem {
  return ofStatus(status);
}

/** Returns the standard reason phrase of a status. */
export function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

function ofAppError(error: AppError): Problem {
  const status = STATUS_OF_CLASS.find(([type]) => error instanceof type)?.[1];
  if (status === undefined) return INTERNAL;
  const problem: Problem = { status, code: error.code, detail: error.message };
  const hasProblems = error instanceof InvalidInputError || error instanceof UnprocessableError;
  if (hasProblems && error.problems.length > 0) problem.errors = error.problems;
  return problem;
}

function ofStatus(status: number, code?: string, detail?: string): Problem {
  if (status < 400) return INTERNAL;
  const [usualCode, usualDetail] = OF_STATUS[status] ?? [`http.${status}`, titleOf(status)];
  return { status, code: code ?? usualCode, detail: detail ?? usualDetail };
}

/** Errors of the `http-errors` package, which Express and the body parser throw. */
interface HttpError extends Error {
  statusCode: number;
  type?: string;
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && typeof (error as Partial<HttpError>).statusCode === 'number';
}

function ofHttpError({ statusCode, type, message }: HttpError): Problem {
  if (type === 'entity.parse.failed') {
    // The rest of the parser's message quotes the body.
    const position = / position [0-9]+/.exec(message)?.[0] ?? '';
    return ofStatus(400, 'request.malformed_json', `The body is not valid JSON${position && ` (at${position})`}.`);
  }
  return ofStatus(statusCode);
}
