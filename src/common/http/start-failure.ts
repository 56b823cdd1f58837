import { ConfigError } from '../config/load-config.js';
import { StartupError } from '../errors/startup.error.js';
import { toAppError } from '../prisma/prisma-errors.js';

const LISTEN_FAILURES: Record<string, string> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'this user is not allowed to',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Formats a startup error for operators: only the message for expected errors, with the stack for all others. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartupError) return error.message;
  const {
    code = '',
    syscall,
    address,
    port,
  } = (error ?? {}) as NodeJS.ErrnoException & { address?: string; port?: number };
  if (syscall === 'listen') {
    return `Tenantry cannot start: it cannot listen on ${address}:${port} (HOST, PORT): ${LISTEN_FAILURES[code] ?? code}.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (toAppError(error)) return `Tenantry cannot start: the database cannot be reached: ${message || code}`;
  return `Tenantry cannot start: ${error instanceof Error ? (error.stack ?? message) : message}`;
}
