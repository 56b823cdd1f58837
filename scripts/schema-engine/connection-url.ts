import type { PoolConfig } from 'pg';

/** Connection timeout of Prisma's native engine if the URL has none. */
const DEFAULT_CONNECT_TIMEOUT_SECONDS = 5;

/** A PostgreSQL URL in the form that the bridge needs. */
export interface ConnectionTarget {
  /** For `pg`, which reads TLS files and modes, `host`, `port`, `application_name`, `options` … from it. */
  connectionString: string;
  connectionTimeoutMillis: number;
  database: string;
  user: string;
  /** `host:port` for messages; never contains a password. */
  server: string;
  /** The schema that Prisma uses. */
  schema: string;
}

/**
 * Translates a URL in Prisma's format to `pg`'s. `pg` gets the URL itself instead of its parts, so no option is lost
 * and migrations connect exactly as the application does. Prisma's own `schema`, `connect_timeout` (seconds, 0 means no
 * limit) and `sslaccept` are translated; its pool options are ignored.
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

/** Returns the target with another database. */
export function withDatabase(target: ConnectionTarget, database: string): ConnectionTarget {
  const url = new URL(target.connectionString);
  url.pathname = `/${encodeURI(database)}`;
  return { ...target, connectionString: url.href, database };
}

/** Returns `pg`'s settings for a single permanent connection. */
export function poolConfig(target: ConnectionTarget): PoolConfig {
  return {
    connectionString: target.connectionString,
    connectionTimeoutMillis: target.connectionTimeoutMillis,
    // The engine holds a session-level advisory lock while it migrates: everything must use one session, which must not
    // be closed when idle.
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

/** `sslaccept` is Prisma's own; `pg` has other modes with the same meaning. An explicit `sslmode=disable` is kept. */
function translateSslAccept(parameters: URLSearchParams): void {
  const accept = parameters.get('sslaccept');
  if (accept === null) return;
  parameters.delete('sslaccept');
  if (parameters.get('sslmode') === 'disable') return;
  parameters.set('sslmode', accept === 'strict' ? 'verify-full' : 'no-verify');
}
