import pg from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/** A problem that the operator can solve; shown without a stack trace. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/**
 * Runs `action` on a new direct connection and closes it.
 * @throws OperatorError if the server cannot be reached or refuses the login; the message contains no password.
 */
export async function withClient<T>(url: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  if (!URL.canParse(url))
    throw new OperatorError('A database URL is not valid; expected postgresql://user:password@host:port/database.');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks between two queries emits this event; the next query fails anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new OperatorError(`Cannot connect to ${describeUrl(url)}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

/** Returns `user@host:port/database`, without the password, for logs. */
export function describeUrl(url: string): string {
  const { username, hostname, port, pathname } = new URL(url);
  return `PostgreSQL ${decodeURIComponent(username)}@${hostname}:${port || '5432'}${decodeURIComponent(pathname)}`;
}

/** Connecting to host names with several addresses fails with an AggregateError, whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Returns the URL with another database. */
export function withDatabase(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(database)}`;
  return result.toString();
}

/** Returns the URL with another user and database. */
export function withLogin(url: string, user: string, password: string, database: string): string {
  const result = new URL(withDatabase(url, database));
  result.username = encodeURIComponent(user);
  result.password = encodeURIComponent(password);
  return result.toString();
}
