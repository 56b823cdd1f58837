import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type ServerProcess, startServer } from './server-process.js';

export interface BenchDatabase {
  appUrl: string;
  platformUrl: string;
  workerUrl: string;
  adminUrl: string;
}

const ADMIN = { email: 'bench@tenantry.test', password: 'bench-password' };
const OWNER_PASSWORD = 'owner-password';
const key = (): string => `k:${randomBytes(32).toString('base64')}`;

/**
 * Starts the application as in production, but without rate limits. BENCH_NODE_FLAGS defaults to the flags of `npm
 * start`.
 */
export function startTenantry(
  database: BenchDatabase,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean);
  const settings = {
    NODE_ENV: 'production',
    APP_ROLE: 'api',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    DRAIN_DELAY_MS: '0',
    RATE_LIMIT_USER_PER_MINUTE: '0',
    RATE_LIMIT_TENANT_PER_MINUTE: '0',
    DATABASE_URL: database.appUrl,
    DATABASE_PLATFORM_URL: database.platformUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    DATABASE_LISTEN_URL: database.appUrl,
    TOKEN_SIGNING_KEYS: key(),
    DATA_ENCRYPTION_KEYS: key(),
    PLATFORM_ADMIN_EMAIL: ADMIN.email,
    PLATFORM_ADMIN_PASSWORD: ADMIN.password,
    ...environment,
  };
  return startServer(join(import.meta.dirname, '..', 'src', 'main.js'), settings, flags);
}

async function post<T>(url: string, body: object, token?: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export interface BenchTenant {
  id: string;
  slug: string;
  /** An access token of the tenant's owner. */
  token: string;
}

/** Provisions a tenant through the API and signs its owner in. */
export async function newTenant({ url }: ServerProcess, slug: string): Promise<BenchTenant> {
  const { accessToken } = await post<{ accessToken: string }>(`${url}/api/v1/platform/auth/login`, ADMIN);
  return newTenantAs(url, accessToken, slug);
}

/** Does the same with a given access token of a platform admin. */
export async function newTenantAs(url: string, platformToken: string, slug: string): Promise<BenchTenant> {
  const tenant = await post<{ id: string }>(
    `${url}/api/v1/platform/tenants`,
    { slug, name: slug, plan: 'enterprise', ownerEmail: 'owner@bench.test', ownerPassword: OWNER_PASSWORD },
    platformToken,
  );
  const signIn = { tenant: slug, identifier: 'owner@bench.test', password: OWNER_PASSWORD };
  const { accessToken } = await post<{ accessToken: string }>(`${url}/api/v1/auth/login`, signIn);
  return { id: tenant.id, slug, token: accessToken };
}

export const platformToken = ({ url }: ServerProcess): Promise<string> =>
  post<{ accessToken: string }>(`${url}/api/v1/platform/auth/login`, ADMIN).then(({ accessToken }) => accessToken);
