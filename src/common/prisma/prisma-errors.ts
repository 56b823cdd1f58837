import { Prisma } from '../../generated/prisma/client.js';
import {
  type AppError,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from '../errors/app-error.js';
import { CommitUnknownError, ConnectionLostError } from './adapter/lost-connection.js';
import { PoolExhaustedError } from './adapter/tenant-gate.js';
import { type Meaning, meaningOf } from './database-faults.js';

/** The cause reported by Prisma's driver adapter: `kind` is the adapter's own term, the rest comes from PostgreSQL. */
interface DriverCause {
  kind?: string;
  originalCode?: string;
  originalMessage?: string;
}

/** Driver messages for a connection that cannot be opened or used. */
const LOST_CONNECTION = /Connection terminated|not queryable|Query read timeout|timeout expired/;
const LOST_KINDS = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'];

/**
 * A transaction declared read-only tried to write. This is a defect, not a sign that the server has become a standby.
 */
export class ReadOnlyTransactionError extends Error {
  /** @param error Prisma's error for SQLSTATE 25006. */
  constructor(error: unknown) {
    super('A read-only transaction tried to write.', { cause: causeOf(error) });
    this.name = 'ReadOnlyTransactionError';
  }
}

function causeOf(error: unknown): DriverCause {
  const meta = (error as { meta?: { driverAdapterError?: { cause?: DriverCause } } }).meta;
  return meta?.driverAdapterError?.cause ?? (error as { cause?: DriverCause }).cause ?? {};
}

/** Returns PostgreSQL's SQLSTATE (or the socket's error code) behind an error of Prisma or pg, if there is one. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return causeOf(error).originalCode ?? (error as { code?: string }).code;
}

/** Violations of a unique index or foreign key: SQLSTATEs and Prisma's own codes. */
const VIOLATIONS = ['23505', '23503', 'P2002', 'P2003'];

/** True if the unique index or foreign key of this name rejected a write. */
export function violates(error: unknown, constraint: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code } = error as { code?: string };
  if (![causeOf(error).originalCode, code].some((one) => one !== undefined && VIOLATIONS.includes(one))) return false;
  // Under row-level security PostgreSQL does not report the columns, only the name of the constraint.
  return messageOf(error).includes(`"${constraint}"`);
}

/** True if the transaction can simply be retried: it lost a conflict, or its prepared statements are gone. */
export function isRetryable(error: unknown): boolean {
  const meaning = meaningOfError(error);
  return meaning === 'conflict' || meaning === 'statement lost';
}

/** True if a CHECK constraint rejected a value that validation should have rejected. */
export function isRefusedValue(error: unknown): boolean {
  return meaningOfError(error) === 'refused value';
}

/**
 * The only place where database errors become application errors; the codes are in database-faults.ts. All others are
 * defects and stay unchanged (500): a violated policy, a missing tenant, invalid SQL.
 */
export function toAppError(error: unknown): AppError | undefined {
  if (error instanceof PoolExhaustedError) {
    return new UnavailableError('database.busy', 'Too many requests are waiting for the database. Try again.');
  }
  switch (meaningOfError(error)) {
    case 'conflict':
      return new UnavailableError(
        'transaction.conflict',
        'The same data was changed by another request at the same time. Try again.',
      );
    case 'away':
    case 'statement lost':
      return new UnavailableError('database.unavailable', 'The database cannot be reached. Try again.');
    case 'commit unknown':
      /** @remedy Read whether the change was saved, and repeat it if not. */
      return new UnavailableError(
        'transaction.unknown',
        'The connection to the database was lost while the change was being saved. Check whether it was saved, and try again if not.',
      );
    case 'timeout':
      return new UnavailableError('database.timeout', 'The database took too long. Try again.');
    case 'refused value':
      return new InvalidInputError('A value cannot be stored.');
    default:
      return error instanceof Prisma.PrismaClientKnownRequestError ? fromPrisma(error) : undefined;
  }
}

function meaningOfError(error: unknown): Meaning | undefined {
  if (error instanceof ReadOnlyTransactionError) return undefined;
  if (error instanceof CommitUnknownError) return 'commit unknown';
  if (error instanceof ConnectionLostError) return 'away';
  if ((error as { code?: string } | null | undefined)?.code === 'P2034') return 'conflict';
  const meaning = meaningOf(sqlStateOf(error), messageOf(error));
  if (meaning) return meaning;
  return isLostConnection(error) ? 'away' : undefined;
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  return causeOf(error).originalMessage ?? (error as { message?: string }).message ?? '';
}

function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return LOST_KINDS.includes(causeOf(error).kind ?? '') || LOST_CONNECTION.test(error.message);
}

function fromPrisma(error: Prisma.PrismaClientKnownRequestError): AppError | undefined {
  switch (error.code) {
    case 'P2000':
      return new InvalidInputError('A value is too long.');
    case 'P2002':
      return new ConflictError('resource.exists', 'A resource with these values already exists.');
    case 'P2003':
      return new ConflictError(
        'resource.in_use',
        'Another resource depends on it, or a resource it refers to does not exist.',
      );
    case 'P2025':
      return new NotFoundError('resource');
    case 'P2028':
      return new UnavailableError(
        'transaction.timeout',
        'The transaction took too long and was rolled back. Try again.',
      );
    default:
      return undefined;
  }
}
