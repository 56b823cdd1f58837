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
/** Comma-separated `kid:base64` pairs. The first signs or encrypts, all of them verify or decrypt. */
const KEY_RING = /^[A-Za-z0-9_-]+:[A-Za-z0-9+/=_-]{43,}(,[A-Za-z0-9_-]+:[A-Za-z0-9+/=_-]{43,})*$/;
/**
 * A host name or IPv4 address with an optional port, an IPv6 address (in brackets before a port), or an address range.
 */
const ALLOWED_HOST =
  /^([\w.-]+(:\d{1,5})?|\[[\da-fA-F:.]+\](:\d{1,5})?|[\da-fA-F]*:[\da-fA-F:.]+|[\da-fA-F:.]+\/\d{1,3})$/;

/**
 * All settings read from the environment, under the environment's own names. Parsed and validated once at start
 * (`loadConfig`); no other code reads `process.env`. Durations are integer milliseconds, sizes bytes. Any variable may
 * be given as `<NAME>_FILE`, the path of a file that contains the value.
 */
export class Config {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'production';

  /** Serve HTTP, run background tasks, or both. */
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

  /** Address that `/metrics` listens on: loopback only, unless a scraper on another machine needs it. */
  @IsString()
  METRICS_HOST: string = '127.0.0.1';

  /** Port of Prometheus `/metrics`; 0 picks a free one. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65535)
  METRICS_PORT: number = 9464;

  /** Public URL of this API. Links in mails start with it unless APP_URL is set. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL?: string;

  /** Front end that links in mails lead to, if it is not served by this process. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  APP_URL?: string;

  /** Base domain of tenants' host names, `<slug>.<BASE_DOMAIN>`. */
  @IsOptional()
  @Matches(/^[a-z0-9.-]+$/)
  BASE_DOMAIN?: string;

  /** Express' "trust proxy": `false`, a number of hops, or a list of addresses. */
  @IsTrustProxy()
  TRUST_PROXY: string = 'false';

  /** Origins that browsers may call from. Default: none. */
  @Transform(toList)
  @AreOrigins()
  CORS_ORIGINS: string[] = [];

  /** Additional request headers that browsers may send, besides those of the API and of tracing. */
  @Transform(toList)
  @AreHeaderNames()
  CORS_ALLOWED_HEADERS: string[] = [];

  @Transform(toNumber)
  @IsInt()
  @Min(1024)
  BODY_LIMIT_BYTES: number = 1_048_576;

  /** Requests per minute; 0 disables the limit. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  RATE_LIMIT_USER_PER_MINUTE: number = 1000;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  RATE_LIMIT_TENANT_PER_MINUTE: number = 10_000;

  /**
   * Sign-in attempts per minute from one address; ten times as many refreshes and sign-outs. Disabled by
   * RATE_LIMIT_USER_PER_MINUTE=0.
   */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: number = 60;

  // --- Shutdown ---
  /** Time after SIGTERM during which `/readyz` answers 503 while requests are still accepted. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  DRAIN_DELAY_MS: number = 5000;

  /** Maximum time from SIGTERM to the end of the process. */
  @Transform(toNumber)
  @IsInt()
  @Min(1000)
  SHUTDOWN_TIMEOUT_MS: number = 30_000;

  // --- Database ---
  /** Role tenantry_app: requests of tenants. May go through PgBouncer in transaction mode. */
  @IsUrl(POSTGRES_URL)
  DATABASE_URL!: string;

  /** Role tenantry_platform: tenant registry and platform admins. May go through PgBouncer. */
  @IsUrl(POSTGRES_URL)
  DATABASE_PLATFORM_URL!: string;

  /** Role tenantry_worker: the queue. Direct, never through PgBouncer. */
  @IsUrl(POSTGRES_URL)
  DATABASE_WORKER_URL!: string;

  /**
   * Role tenantry_app: one LISTEN connection per process. Direct, never through PgBouncer. Defaults to DATABASE_URL.
   */
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

  /**
   * Maximum connections that one tenant may hold; defaults to 60 % of DATABASE_POOL_MAX. Slow tenants get fewer while
   * others wait.
   */
  @IsOptional()
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_POOL_MAX_PER_TENANT?: number;

  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_PLATFORM_POOL_MAX: number = 3;

  /** Maximum wait of a query for a connection before it fails with 503. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_POOL_TIMEOUT_MS: number = 5000;

  /** `statement_timeout` of the roles (set by `db:setup`). The client abandons the connection a little later. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  DATABASE_QUERY_TIMEOUT_MS: number = 10_000;

  @Transform(toNumber)
  @IsInt()
  @Min(1)
  SLOW_QUERY_THRESHOLD_MS: number = 1000;

  /** Use named prepared statements. Set `false` for PgBouncer older than 1.21 or without max_prepared_statements. */
  @Transform(toBool)
  @IsBoolean()
  DATABASE_NAMED_STATEMENTS: boolean = true;

  // --- Tracing ---
  /** OpenTelemetry collector, `http(s)://host:port`, that receives spans as OTLP over HTTP. Unset disables tracing. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** Headers for the collector, such as a token: `name=value[,…]`, values percent-encoded. */
  @IsOptional()
  @Matches(/^\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*(\s*,\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*)*\s*$/, {
    message: 'OTEL_EXPORTER_OTLP_HEADERS must be <name>=<percent-encoded value>[,…]',
  })
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @Matches(/^[\w.-]{1,100}$/)
  OTEL_SERVICE_NAME: string = 'tenantry';

  /** Fraction of traces that are recorded, from 0 to 1. Clients cannot influence it. */
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
   * Hosts that `http.request` may call although they are not public: `host`, `host:port`, an address, or a range like
   * `10.0.0.0/8`. Public addresses need no entry.
   */
  @Transform(toList)
  @Matches(ALLOWED_HOST, {
    each: true,
    message: 'WORKFLOW_HTTP_ALLOWED_HOSTS must be <host>[:<port>] or <address>[/<bits>], …',
  })
  WORKFLOW_HTTP_ALLOWED_HOSTS: string[] = [];

  // --- Secrets and identity ---
  /** HMAC-SHA-256 keys for access tokens, at least 32 bytes each. */
  @Matches(KEY_RING, { message: 'TOKEN_SIGNING_KEYS must be <kid>:<base64 of 32 bytes or more>[,…]' })
  TOKEN_SIGNING_KEYS!: string;

  /** AES-256-GCM keys for stored secrets, 32 bytes each. */
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

  /**
   * Time during which an exchanged refresh token is still accepted, for concurrent tabs and lost responses; 0 disables
   * it.
   */
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
  /**
   * `smtp://user:password@host:port` or `smtps://…`. If unset, mails are logged in development and rejected elsewhere.
   */
  @IsOptional()
  @IsUrl({ protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true })
  SMTP_URL?: string;

  @IsString()
  MAIL_FROM: string = 'Tenantry <no-reply@localhost>';

  /** Seed the demo tenants. `npm start` enables it when it runs its own PostgreSQL. */
  @Transform(toBool)
  @IsBoolean()
  SEED_DEMO: boolean = false;
}
