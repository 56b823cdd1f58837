import { Prisma } from '../../generated/prisma/client.js';
import {
  type AppError,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from '../errors/app-error.js';
import { PoolExhaustedError } from './adapter/tenant-gate.js';

/** What Prisma's driver adapter reports underneath: `kind` is its own word, the rest PostgreSQL's. */
interface DriverCause {
  kind?: string;
  originalCode?: string;
  originalMessage?: string;
}

const CONFLICTING_TRANSACTIONS = ['40001', '40P01'];
const GONE = [
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
];
const QUERY_CANCELED = '57014';
const LOCK_TIMEOUT = '55P03';

function causeOf(error: unknown): DriverCause {
  const meta = (error as { meta?: { driverAdapterError?: { cause?: DriverCause } } }).meta;
  return meta?.driverAdapterError?.cause ?? (error as { cause?: DriverCause }).cause ?? {};
}

/** PostgreSQL's SQLSTATE (or the socket's error code) behind an error of Prisma or pg, if there is one. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return causeOf(error).originalCode ?? (error as { code?: string }).code;
}

/** Whether a write met an existing row; with `constraint`, of that unique index or constraint alone. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = (error as { code?: string }).code;
  const { originalCode, originalMessage } = causeOf(error);
  if (code !== 'P2002' && originalCode !== '23505' && code !== '23505') return false;
  // Under row level security PostgreSQL does not say which columns collided, only the name of the constraint.
  const message = originalMessage ?? (error as { message?: string }).message ?? '';
  return constraint === undefined || message.includes(`"${constraint}"`);
}

/** Whether the transaction may simply be run again: it lost against another one, or a pooler dropped its prepared statements. */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  const code = (error as { code?: string } | null)?.code;
  return code === 'P2034' || (state !== undefined && [...CONFLICTING_TRANSACTIONS, '26000'].includes(state));
}

/**
 * The one place where database errors become the application's. What is not listed is a defect and stays as it is (500):
 * a violated policy, a missing tenant, SQL that does not parse.
 */
export function toAppError(error: unknown): AppError | undefined {
  if (error instanceof PoolExhaustedError) {
    return new UnavailableError('database.busy', 'Too many requests are waiting for the database. Try again.');
  }
  if (isRetryable(error))
    return new UnavailableError('transaction.conflict', 'Others changed the same data at the same time. Try again.');
  const state = sqlStateOf(error);
  const { kind } = causeOf(error);
  if (
    (state !== undefined && GONE.includes(state)) ||
    kind === 'DatabaseNotReachable' ||
    kind === 'ConnectionClosed' ||
    isLostConnection(error)
  ) {
    return new UnavailableError('database.unavailable', 'The database cannot be reached. Try again.');
  }
  if (state === QUERY_CANCELED || state === LOCK_TIMEOUT)
    return new UnavailableError('database.timeout', 'The database took too long. Try again.');
  return error instanceof Prisma.PrismaClientKnownRequestError ? fromPrisma(error) : undefined;
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && /Connection terminated|Query read timeout|timeout expired/.test(error.message);
}

function fromPrisma(error: Prisma.PrismaClientKnownRequestError): AppError | undefined {
  switch (error.code) {
    case 'P2000':
      return new InvalidInputError('A value is too long.');
    case 'P2002':
      return new ConflictError('resource.exists', 'Something with these values exists already.');
    case 'P2003':
      return new ConflictError('resource.in_use', 'Something else depends on it, or what it refers to is not there.');
    case 'P2025':
      return new NotFoundError('resource');
    case 'P2028':
      return new UnavailableError('transaction.timeout', 'The work took too long and was undone. Try again.');
    default:
      return undefined;
  }
}
