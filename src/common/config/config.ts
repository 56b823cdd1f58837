import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { AreHeaderNames, AreOrigins, IsFirstPassword, IsMailbox, IsTrustProxy } from './config-rules.js';

const toNumber = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? Number(value) : value);
const toBool = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;
const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean)
    : value;

const POSTGRES_URL = { protocols: ['postgresql', 'postgres'], require_tld: false, require_protocol: true };
/** `kid:base64` pairs, comma-separated; the first signs or encrypts, all of them verify or decrypt. */
const KEY_RING = /^[A-Za-z0-9_-]+:[A-Za-z0-9+/=_-]{43,}(,[A-Za-z0-9_-]+:[A-Za-z0-9+/=_-]{43,})*$/;
/** A name or IPv4 address with an optional port, an IPv6 address (in brackets before a port), or a range of addresses. */
const ALLOWED_HOST =
  /^([\w.-]+(:\d{1,5})?|\[[\da-fA-F:.]+\](:\d{1,5})?|[\da-fA-F]*:[\da-fA-F:.]+|[\da-fA-F:.]+\/\d{1,3})$/;

/**
 * Everything the program reads from its environment, under the environment's own names.
 * Parsed and validated once at start (`loadConfig`); nothing else reads `process.env`.
 * Durations are integer milliseconds, sizes bytes. Any variable may be given as `<NAME>_FILE`, the path of a file that holds it.
 */
export class Config {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'production';

  /** What this process does: serve HTTP, run jobs, or both. */
  @IsIn(['all', 'api', 'worker'])
  APP_ROLE: 'all' | 'api' | 'worker' = 'all';

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';

  // --- HTTP ---
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number = 3000;

  @IsString()
  HOST: string = '0.0.0.0';

  /** Address that `/metrics` listens on: this machine alone, unless a scraper elsewhere needs it. */
  @IsString()
  METRICS_HOST: string = '127.0.0.1';

  /** Port of Prometheus `/metrics`; 0 picks a free one. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65535)
  METRICS_PORT: number = 9464;

  /** Where people reach this API; links in mails start with it, unless APP_URL is set. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL?: string;

  /** The front end that links in mails lead to, where it is another one than this program's own pages. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  APP_URL?: string;

  /** `<slug>.<BASE_DOMAIN>` names a tenant by host. */
  @IsOptional()
  @Matches(/^[a-z0-9.-]+$/)
  BASE_DOMAIN?: string;

  /** Express' "trust proxy": `false`, a number of hops, or a list of addresses. */
  @IsTrustProxy()
  TRUST_PROXY: string = 'false';

  /** Origins that browsers may call from; none by default. */
  @Transform(toList)
  @AreOrigins()
  CORS_ORIGINS: string[] = [];

  /** Names of request headers that they may send beside those of the API and of tracing. */
  @Transform(toList)
  @AreHeaderNames()
  CORS_ALLOWED_HEADERS: string[] = [];

  @Transform(toNumber)
  @IsInt()
  @Min(1024)
  BODY_LIMIT_BYTES: number = 1_048_576;

  /** Requests per minute; 0 is off. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  RATE_LIMIT_USER_PER_MINUTE: number = 1000;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  RATE_LIMIT_TENANT_PER_MINUTE: number = 10_000;

  /** Attempts to sign in per minute from one address, and ten times as many refreshes and sign-outs; off with RATE_LIMIT_USER_PER_MINUTE=0. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: number = 60;

  // --- Shutdown ---
  /** After SIGTERM: how long `/readyz` answers 503 while requests are still accepted. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  DRAIN_DELAY_MS: number = 5000;

  /** After SIGTERM: the process has ended after this time at the latest. */
  @Transform(toNumber)
  @IsInt()
  @Min(1000)
  SHUTDOWN_TIMEOUT_MS: number = 30_000;

  // --- Database ---
  /** As tenantry_app: requests of tenants. May go through PgBouncer in transaction mode. */
  @IsUrl(POSTGRES_URL)
  DATABASE_URL!: string;

  /** As tenantry_platform: tenant registry and platform admins. May go through PgBouncer. */
  @IsUrl(POSTGRES_URL)
  DATABASE_PLATFORM_URL!: string;

  /** As tenantry_worker: the queue. Direct, never through PgBouncer. */
  @IsUrl(POSTGRES_URL)
  DATABASE_WORKER_URL!: string;

  /** As tenantry_app: one LISTEN connection per process. Direct, never through PgBouncer. Defaults to DATABASE_URL. */
  @IsOptional()
  @IsUrl(POSTGRES_URL)
  DATABASE_LISTEN_URL?: string;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  DATABASE_POOL_MIN: number = 2;

  @Transform(toNumber)
  @IsInt()
  @Min(2)
  DATABASE_POOL_MAX: number = 10;

  /** Connections one tenant may hold at a time; defaults to 60 % of DATABASE_POOL_MAX. Slow tenants get fewer beside others. */
  @IsOptional()
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_POOL_MAX_PER_TENANT?: number;

  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_PLATFORM_POOL_MAX: number = 3;

  /** How long a query waits for a connection before it is answered 503. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_POOL_TIMEOUT_MS: number = 5000;

  /** `statement_timeout` of the roles (set by `db:setup`); the client gives a connection up a little later. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_QUERY_TIMEOUT_MS: number = 10_000;

  @Transform(toNumber)
  @IsInt()
  @Min(1)
  SLOW_QUERY_THRESHOLD_MS: number = 1000;

  /** Named prepared statements; `false` for a PgBouncer older than 1.21 or without max_prepared_statements. */
  @Transform(toBool)
  @IsBoolean()
  DATABASE_NAMED_STATEMENTS: boolean = true;

  // --- Tracing ---
  /** Collector of OpenTelemetry, `http(s)://host:port`, to which spans go as OTLP over HTTP; off without it. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** `name=value[,…]`, values percent-encoded: what the collector asks for, such as a token. */
  @IsOptional()
  @Matches(/^\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*(\s*,\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*)*\s*$/, {
    message: 'OTEL_EXPORTER_OTLP_HEADERS must be <name>=<percent-encoded value>[,…]',
  })
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @Matches(/^[\w.-]{1,100}$/)
  OTEL_SERVICE_NAME: string = 'tenantry';

  /** Share of traces that are recorded, from 0 to 1. Clients have no say in it. */
  @Transform(toNumber)
  @IsNumber()
  @Min(0)
  @Max(1)
  OTEL_TRACES_SAMPLER_ARG: number = 1;

  // --- Queue ---
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(100)
  WORKER_CONCURRENCY: number = 4;

  // --- Workflows ---
  /**
   * Where `http.request` may go although it is not public: `host`, `host:port`, an address, or a range like `10.0.0.0/8`.
   * Public addresses need no entry.
   */
  @Transform(toList)
  @Matches(ALLOWED_HOST, {
    each: true,
    message: 'WORKFLOW_HTTP_ALLOWED_HOSTS must be <host>[:<port>] or <address>[/<bits>], …',
  })
  WORKFLOW_HTTP_ALLOWED_HOSTS: string[] = [];

  // --- Secrets and identity ---
  /** HMAC-SHA-256 keys of at least 32 bytes for access tokens. */
  @Matches(KEY_RING, { message: 'TOKEN_SIGNING_KEYS must be <kid>:<base64 of 32 bytes or more>[,…]' })
  TOKEN_SIGNING_KEYS!: string;

  /** AES-256-GCM keys of 32 bytes for stored secrets. */
  @Matches(KEY_RING, { message: 'DATA_ENCRYPTION_KEYS must be <kid>:<base64 of 32 bytes>[,…]' })
  DATA_ENCRYPTION_KEYS!: string;

  @Transform(toNumber)
  @IsInt()
  @Min(10_000)
  ACCESS_TOKEN_TTL_MS: number = 900_000;

  @Transform(toNumber)
  @IsInt()
  @Min(60_000)
  REFRESH_TOKEN_TTL_MS: number = 2_592_000_000;

  /** How long after its exchange a refresh token is still answered, for tabs and lost answers; 0 is off. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(60_000)
  REFRESH_GRACE_MS: number = 10_000;

  @IsOptional()
  @IsMailbox()
  PLATFORM_ADMIN_EMAIL?: string;

  @IsOptional()
  @IsString()
  @IsFirstPassword()
  PLATFORM_ADMIN_PASSWORD?: string;

  // --- Mail ---
  /** `smtp://user:password@host:port` or `smtps://…`; without it mails are logged in development and refused elsewhere. */
  @IsOptional()
  @IsUrl({ protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true })
  SMTP_URL?: string;

  @IsString()
  MAIL_FROM: string = 'Tenantry <no-reply@localhost>';

  /** Seed the demo tenants. `npm start` turns it on when it runs its own PostgreSQL. */
  @Transform(toBool)
  @IsBoolean()
  SEED_DEMO: boolean = false;
}
