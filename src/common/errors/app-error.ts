/** One problem with one part of the input. `pointer` is a JSON Pointer (RFC 6901) into the body, or `?name` / `:name` for query and path. */
export interface InputProblem {
  pointer: string;
  detail: string;
  code: string;
}

/**
 * What services throw. Knows nothing of HTTP: one filter maps the classes below to statuses.
 * `code` is stable and for programs, `message` is for people and safe to show them.
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

/** Nothing there, or not for this tenant: nobody can tell which (404). */
export class NotFoundError extends AppError {
  constructor(noun: string) {
    super(`${noun}.not_found`, `There is no such ${noun.replaceAll('_', ' ')}.`);
  }
}

/** In the way of something that exists or of the state it is in (409). */
export class ConflictError extends AppError {}

/** Known, but not allowed to (403). */
export class ForbiddenError extends AppError {
  constructor(code = 'auth.forbidden', message = 'Your role does not allow this.') {
    super(code, message);
  }
}

/** Not known, or not any more (401). */
export class UnauthenticatedError extends AppError {
  constructor(code = 'auth.unauthenticated', message = 'Sign in, or send a valid API key.') {
    super(code, message);
  }
}

/** Malformed: the request can never succeed as it is (400). */
export class InvalidInputError extends AppError {
  constructor(
    message: string,
    readonly problems: InputProblem[] = [],
    code = 'request.invalid',
  ) {
    super(code, message);
  }
}

/** Well-formed, but impossible in this situation; plan limits, too (422). */
export class UnprocessableError extends AppError {
  /** @param problems what in particular is in the way, with pointers into what was to be processed. */
  constructor(
    code: string,
    message: string,
    readonly problems: InputProblem[] = [],
  ) {
    super(code, message);
  }
}

/** The version the caller knew is not the current one (412). */
export class StaleVersionError extends AppError {
  /** @param currentTag what `If-Match` should have named. */
  constructor(readonly currentTag?: string) {
    super('resource.stale', 'The resource has changed in the meantime. Read it again and repeat the change.');
  }
}

/** Too often (429). */
export class RateLimitError extends AppError {
  constructor(
    code: string,
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(code, message);
  }
}

/** Not now: overloaded, draining, or the database is away (503). */
export class UnavailableError extends AppError {
  constructor(
    code = 'service.unavailable',
    message = 'The service is temporarily unavailable. Try again.',
    readonly retryAfterMs = 1000,
  ) {
    super(code, message);
  }
}

/** Failed on our side, in a way that is worth telling (500). The message is for people, the cause for the log alone. */
export class FailedError extends AppError {
  constructor(
    code: string,
    message: string,
    override readonly cause: unknown,
  ) {
    super(code, message);
  }
}
