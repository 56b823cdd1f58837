import { withDatabase, withLogin } from './connect.ts';
import type { RoleName } from './roles.ts';
import { useEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { setting } from '../environment.ts';
import { say } from '../progress.mjs';
import { DATA_FOLDER } from '../project.ts';

/** Name of the database on the embedded server. */
export const EMBEDDED_DATABASE = 'tenantry';

/** The database that the commands use. URLs that are not configured are missing. */
export interface ProjectDatabase {
  embedded: EmbeddedPostgres | null;
  appUrl: string | undefined;
  ownerUrl: string | undefined;
  platformUrl: string | undefined;
  workerUrl: string | undefined;
  listenUrl: string | undefined;
  /** Administrator's URL, in the maintenance database. */
  adminUrl: string | undefined;
}

/**
 * True if an external database is configured, which disables the embedded one. Migrations only need its owner's URL.
 */
export function isExternal(): boolean {
  return ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DIRECT_URL'].some((name) => setting(name) !== undefined);
}

/** Returns whether to seed the demo tenants, whose passwords are public. */
export function seedsDemo(): boolean {
  return (setting('SEED_DEMO') ?? String(!isExternal())) === 'true';
}

/** Provides the database of DATABASE_URL, else the embedded one, while `action` runs. */
export async function withProjectDatabase<T>(action: (database: ProjectDatabase) => Promise<T>): Promise<T> {
  if (isExternal()) return action(externalDatabase());
  const embedded = await useEmbeddedPostgres(DATA_FOLDER, say);
  try {
    return await action(embeddedDatabase(embedded));
  } finally {
    await embedded.release();
  }
}

export function externalDatabase(): ProjectDatabase {
  return {
    embedded: null,
    appUrl: setting('DATABASE_URL'),
    ownerUrl: setting('DATABASE_OWNER_URL') ?? setting('DIRECT_URL'),
    platformUrl: setting('DATABASE_PLATFORM_URL'),
    workerUrl: setting('DATABASE_WORKER_URL'),
    listenUrl: setting('DATABASE_LISTEN_URL'),
    adminUrl: setting('DATABASE_ADMIN_URL'),
  };
}

function embeddedDatabase(embedded: EmbeddedPostgres): ProjectDatabase {
  const { adminUrl, secrets } = embedded;
  const login = (role: RoleName): string => withLogin(adminUrl, role, secrets.rolePasswords[role], EMBEDDED_DATABASE);
  return {
    embedded,
    adminUrl,
    appUrl: login('tenantry_app'),
    ownerUrl: login('tenantry_owner'),
    platformUrl: login('tenantry_platform'),
    workerUrl: login('tenantry_worker'),
    listenUrl: login('tenantry_app'),
  };
}

/**
 * Returns the administrator's URL of the embedded server for the project's database; it bypasses row-level security.
 */
export function embeddedAdminUrl(embedded: EmbeddedPostgres): string {
  return withDatabase(embedded.adminUrl, EMBEDDED_DATABASE);
}

/** Returns variables for the application and the seed, by their names in `Config`. */
export function applicationEnvironment(database: ProjectDatabase): NodeJS.ProcessEnv {
  const { embedded } = database;
  if (!embedded) return {};
  return {
    DATABASE_URL: database.appUrl,
    DATABASE_PLATFORM_URL: database.platformUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    DATABASE_LISTEN_URL: database.listenUrl,
    TOKEN_SIGNING_KEYS: setting('TOKEN_SIGNING_KEYS') ?? embedded.secrets.TOKEN_SIGNING_KEYS,
    DATA_ENCRYPTION_KEYS: setting('DATA_ENCRYPTION_KEYS') ?? embedded.secrets.DATA_ENCRYPTION_KEYS,
    NODE_ENV: setting('NODE_ENV') ?? 'development',
    DRAIN_DELAY_MS: setting('DRAIN_DELAY_MS') ?? '0',
    SEED_DEMO: String(seedsDemo()),
  };
}
