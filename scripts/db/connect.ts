import pg from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/** A problem that the person at the keyboard can solve; shown without a stack trace. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/**
 * Runs `action` on one direct connection and closes it.
 * @throws OperatorError when the server cannot be reached or refuses the login; the message holds no password.
 */
export async function withClient<T>(url: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  if (!URL.canParse(url))
    throw new OperatorError('A database URL is not valid; expected postgresql://user:password@host:port/database.');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks between two queries reports it here; the next query fails anyway.
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

/** `user@host:port/database`, fit for logs. */
export function describeUrl(url: string): string {
  const { username, hostname, port, pathname } = new URL(url);
  return `PostgreSQL ${decodeURIComponent(username)}@${hostname}:${port || '5432'}${decodeURIComponent(pathname)}`;
}

/** Host names with several addresses fail with an AggregateError, whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** The same server and options, another database. */
export function withDatabase(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(database)}`;
  return result.toString();
}

/** The same server and options, another user and database. */
export function withLogin(url: string, user: string, password: string, database: string): string {
  const result = new URL(withDatabase(url, database));
  result.username = encodeURIComponent(user);
  result.password = encodeURIComponent(password);
  return result.toString();
}
