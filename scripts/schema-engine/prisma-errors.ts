import type { ConnectionTarget } from './connection-url.ts';

/** An error with Prisma's public code (`P1003` …), which the CLI shows and evaluates. */
export class PrismaError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'PrismaError';
    this.code = code;
  }
}

interface DriverError {
  code?: string;
  message: string;
}

/**
 * Returns Prisma's code for an error of connecting, or of creating or dropping a database. Unknown errors keep their
 * own message and have no code.
 */
export function toPrismaError(error: unknown, target: ConnectionTarget): Error {
  const { code, message } = error as DriverError;
  const known = (prismaCode: string, text: string): PrismaError => new PrismaError(prismaCode, text);
  switch (code) {
    case '28P01':
      return known('P1000', `Authentication failed against database server at \`${target.server}\`: ${message}`);
    case '28000':
    case '42501':
      return known(
        'P1010',
        `User \`${target.user}\` was denied access on the database \`${target.database}\`: ${message}`,
      );
    case '3D000':
      return known(
        'P1003',
        `Database \`${target.database}\` does not exist on the database server at \`${target.server}\`.`,
      );
    case '42P04':
      return known(
        'P1009',
        `Database \`${target.database}\` already exists on the database server at \`${target.server}\`.`,
      );
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOENT':
    case 'EAI_AGAIN':
      return known('P1001', `Can't reach database server at \`${target.server}\`: ${message || code}`);
    case 'ETIMEDOUT':
      return timeout(target);
    case 'ECONNRESET':
      return known('P1017', 'Server has closed the connection.');
    default:
      break;
  }
  if (/timeout/i.test(message) && code === undefined) return timeout(target);
  if (isTlsError(code, message)) return known('P1011', `Error opening a TLS connection: ${message}`);
  return error as Error;
}

function timeout(target: ConnectionTarget): PrismaError {
  return new PrismaError(
    'P1002',
    `The database server at \`${target.server}\` was reached but timed out, or did not answer in ${target.connectionTimeoutMillis} ms.`,
  );
}

function isTlsError(code: string | undefined, message: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/.test(code ?? '') || /SSL|TLS|certificate/.test(message);
}
