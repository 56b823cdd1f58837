/**
 * One problem of one part of the input. `pointer` is a JSON Pointer (RFC 6901) into the body, or `?name` / `:name` for
 * query and path.
 */
export interface InputProblem {
  pointer: string;
  detail: string;
  code: string;
}

/**
 * Base class of the errors that services throw. Independent of HTTP: one filter maps the classes below to statuses.
 * `code` is stable and meant for programs; `message` is meant for people and safe to show.
 */
export abstract class AppError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The resource does not exist or belongs to another tenant; the response does not reveal which (404). */
export class NotFoundError extends AppError {
  constructor(noun: string) {
    super(`${noun}.not_found`, `There is no such ${noun.replaceAll('_', ' ')}.`);
  }
}

/** Conflicts with an existing resource or with the current state (409). */
export class ConflictError extends AppError {}

/** The caller is authenticated but lacks the permission (403). */
export class ForbiddenError extends AppError {
  constructor(code = 'auth.forbidden', message = 'Your role does not allow this.') {
    super(code, message);
  }
}

/** The caller is not authenticated, or no longer (401). */
export class UnauthenticatedError extends AppError {
  constructor(code = 'auth.unauthenticated', message = 'Sign in, or send a valid API key.') {
    super(code, message);
  }
}

/** Malformed: the request can never succeed unchanged (400). */
export class InvalidInputError extends AppError {
  constructor(
    message: string,
    readonly problems: InputProblem[] = [],
    code = 'request.invalid',
  ) {
    super(code, message);
  }
}

/** Well-formed, but not possible in the current situation, including plan limits (422). */
export class UnprocessableError extends AppError {
  /** @param problems what prevents the request, with pointers into the processed data. */
  constructor(
    code: string,
    message: string,
    readonly problems: InputProblem[] = [],
  ) {
    super(code, message);
  }
}

/** The client's version is not the current one (412). */
export class StaleVersionError extends AppError {
  /** @param currentTag the value that `If-Match` should have had. */
  constructor(readonly currentTag?: string) {
    super('resource.stale', 'The resource has changed in the meantime. Read it again and repeat the change.');
  }
}

/** Too many requests (429). */
export class RateLimitError extends AppError {
  constructor(
    code: string,
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(code, message);
  }
}

/** Temporarily unavailable: overloaded, draining, or without a database (503). */
export class UnavailableError extends AppError {
  constructor(
    code = 'service.unavailable',
    message = 'The service is temporarily unavailable. Try again.',
    readonly retryAfterMs = 1000,
  ) {
    super(code, message);
  }
}

/**
 * Failed on the server, with a reason worth showing to the caller (500). The message is public; the cause is only
 * logged.
 */
export class FailedError extends AppError {
  constructor(
    code: string,
    message: string,
    override readonly cause: unknown,
  ) {
    super(code, message);
  }
}
