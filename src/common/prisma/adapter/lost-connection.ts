import pg from 'pg';

/** The connection broke before the answer came. Has no `code`: Prisma would wrap it. */
export class ConnectionLostError extends Error {
  /** @param cause what the socket or the driver said; for the log. */
  constructor(override readonly cause: Error) {
    super(`The connection to the database was lost: ${cause.message}`);
    this.name = 'ConnectionLostError';
  }
}

/** The connection broke while a transaction was being committed: nobody knows whether it was. Has no `code`: Prisma would wrap it. */
export class CommitUnknownError extends Error {
  constructor(override readonly cause: unknown) {
    super('The connection to the database was lost during the commit: it is unknown whether it succeeded.');
    this.name = 'CommitUnknownError';
  }
}

/** Anything but a server response means the connection is lost, whatever the driver calls it. */
export function asDatabaseError(error: Error): pg.DatabaseError | ConnectionLostError {
  return error instanceof pg.DatabaseError ? error : new ConnectionLostError(error);
}
