import type { PoolConfig } from 'pg';

/** How Prisma's native engine waits for a server when the URL does not say. */
const DEFAULT_CONNECT_TIMEOUT_SECONDS = 5;

/** A PostgreSQL URL as the bridge needs it. */
export interface ConnectionTarget {
  /** For `pg`, which reads TLS files and modes, `host`, `port`, `application_name`, `options` … from it. */
  connectionString: string;
  connectionTimeoutMillis: number;
  database: string;
  user: string;
  /** `host:port` for messages; never holds a password. */
  server: string;
  /** The schema that Prisma works in. */
  schema: string;
}

/**
 * Translates a URL as Prisma understands it into one that `pg` understands. `pg` gets the URL itself, never its parts,
 * so no option is lost on the way and migrations connect exactly as the application does.
 * Prisma's own `schema`, `connect_timeout` (seconds, 0 is for ever) and `sslaccept` are translated; its pool options mean nothing here.
 * @throws Error without the URL's secrets.
 */
export function parseDatabaseUrl(databaseUrl: string): ConnectionTarget {
  const url = readUrl(databaseUrl);
  const schema = url.searchParams.get('schema') || 'public';
  const timeout = Number(url.searchParams.get('connect_timeout') ?? DEFAULT_CONNECT_TIMEOUT_SECONDS);
  if (!Number.isFinite(timeout) || timeout < 0)
    throw new Error('connect_timeout of the database URL must be a number of seconds.');
  const user = url.searchParams.get('user') ?? decodeURIComponent(url.username);

  translateSslAccept(url.searchParams);
  for (const name of ['schema', 'connect_timeout', 'connection_limit', 'pool_timeout', 'pgbouncer'])
    url.searchParams.delete(name);

  return {
    connectionString: url.href,
    connectionTimeoutMillis: timeout * 1000,
    database: decodeURI(url.pathname.slice(1)) || user,
    user,
    server: `${url.searchParams.get('host') ?? (decodeURIComponent(url.hostname) || 'localhost')}:${url.searchParams.get('port') ?? (url.port || '5432')}`,
    schema,
  };
}

/** The same server, credentials and options, another database. */
export function withDatabase(target: ConnectionTarget, database: string): ConnectionTarget {
  const url = new URL(target.connectionString);
  url.pathname = `/${encodeURI(database)}`;
  return { ...target, connectionString: url.href, database };
}

/** Settings of `pg` for one connection that is kept. */
export function poolConfig(target: ConnectionTarget): PoolConfig {
  return {
    connectionString: target.connectionString,
    connectionTimeoutMillis: target.connectionTimeoutMillis,
    // The engine holds a session-level advisory lock while it migrates: everything must use one session, and that must not be dropped as idle.
    max: 1,
    idleTimeoutMillis: 0,
  };
}

function readUrl(databaseUrl: string): URL {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  if (url?.protocol !== 'postgresql:' && url?.protocol !== 'postgres:') {
    throw new Error('The database URL must start with postgresql:// or postgres:// and be a valid URL.');
  }
  return url;
}

/** `sslaccept` is Prisma's own; `pg` says the same by other modes. An explicit `sslmode=disable` stays what it is. */
function translateSslAccept(parameters: URLSearchParams): void {
  const accept = parameters.get('sslaccept');
  if (accept === null) return;
  parameters.delete('sslaccept');
  if (parameters.get('sslmode') === 'disable') return;
  parameters.set('sslmode', accept === 'strict' ? 'verify-full' : 'no-verify');
}
