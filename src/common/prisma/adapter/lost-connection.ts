import pg from 'pg';

/** The connection failed before the answer arrived. Has no `code`, because Prisma would then wrap it. */
export class ConnectionLostError extends Error {
  /** @param cause the error of the socket or driver, for the log. */
  constructor(override readonly cause: Error) {
    super(`The connection to the database was lost: ${cause.message}`);
    this.name = 'ConnectionLostError';
  }
}

/**
 * The connection failed during a commit, so it is unknown whether it succeeded. Has no `code`, because Prisma would
 * then wrap it.
 */
export class CommitUnknownError extends Error {
  constructor(override readonly cause: unknown) {
    super('The connection to the database was lost during the commit: it is unknown whether it succeeded.');
    this.name = 'CommitUnknownError';
  }
}

/** Any error other than a server response means that the connection is lost, whatever the driver calls it. */
export function asDatabaseError(error: Error): pg.DatabaseError | ConnectionLostError {
  return error instanceof pg.DatabaseError ? error : new ConnectionLostError(error);
}
