import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { TenancyCheck } from '../../src/common/prisma/boot/tenancy-check.js';
import { TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/test-database.js';
import { createTenancyHarness, type TenancyHarness } from './tenancy-harness.js';

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.adminUrl);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await dropTestDatabase(database);
});

const start = async (overrides: Record<string, string> = {}): Promise<void> => {
  const harness: TenancyHarness = await createTenancyHarness({
    DATABASE_URL: database.appUrl,
    DATABASE_PLATFORM_URL: database.platformUrl,
    ...overrides,
  });
  await harness.close();
};

/** Does something to the database that must stop a start, and undoes it. */
async function whileBroken(breakIt: string, mend: string, check: () => Promise<void>): Promise<void> {
  await admin.query(breakIt);
  try {
    await check();
  } finally {
    await admin.query(mend);
  }
}

/** Signs in as a role of its own, made for one test. */
async function withRole(
  rights: string,
  grants: (role: string) => string,
  check: (url: string) => Promise<void>,
): Promise<void> {
  const role = `tenantry_test_${randomBytes(4).toString('hex')}`;
  await admin.query(`CREATE ROLE ${role} LOGIN ${rights} PASSWORD 'x'; ${grants(role)}`);
  const url = new URL(database.appUrl);
  url.username = role;
  url.password = 'x';
  try {
    await check(url.toString());
  } finally {
    await admin.query(`REASSIGN OWNED BY ${role} TO tenantry_owner; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
}

const asApp = (role: string): string =>
  `GRANT tenantry_app TO ${role}; GRANT CONNECT ON DATABASE "${database.name}" TO ${role}`;

describe('the start of the application', () => {
  it('succeeds on a sound database', async () => {
    await expect(start()).resolves.toBeUndefined();
  });

  it('refuses a superuser', async () => {
    await withRole('SUPERUSER', asApp, (url) =>
      expect(start({ DATABASE_URL: url })).rejects.toThrow(/DATABASE_URL.*is a superuser/s),
    );
  });

  it('refuses a role that bypasses row level security', async () => {
    await withRole('BYPASSRLS INHERIT', asApp, (url) =>
      expect(start({ DATABASE_PLATFORM_URL: url })).rejects.toThrow(/DATABASE_PLATFORM_URL.*has BYPASSRLS/s),
    );
  });

  it('refuses a role that owns tables', async () => {
    await expect(start({ DATABASE_URL: database.ownerUrl })).rejects.toThrow('owns tables');
  });

  it('refuses a member of the owner', async () => {
    const grants = (role: string): string => `${asApp(role)}; GRANT tenantry_owner TO ${role}`;
    await withRole('INHERIT', grants, (url) =>
      expect(start({ DATABASE_URL: url })).rejects.toThrow('is a member of tenantry_owner'),
    );
  });

  it('refuses an unprotected table, and says which line protects it', async () => {
    await whileBroken(
      'CREATE TABLE startup_probe_unprotected (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id))',
      'DROP TABLE startup_probe_unprotected',
      () =>
        expect(start()).rejects.toThrow(
          /startup_probe_unprotected is not protected.*SELECT app\.protect_table\('public\.startup_probe_unprotected'\)/s,
        ),
    );
  });

  it('refuses a floor with a hole', async () => {
    await whileBroken(
      'ALTER POLICY tenant_isolation ON users USING (true)',
      'ALTER POLICY tenant_isolation ON users USING (tenant_id = (SELECT app.tenant_id()))',
      () => expect(start()).rejects.toThrow('users is not protected'),
    );
  });

  it('refuses a database that is behind', async () => {
    await whileBroken(
      `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name LIKE '%tenants_and_users'`,
      'UPDATE _prisma_migrations SET rolled_back_at = NULL',
      () => expect(start()).rejects.toThrow(/Migrations are missing: \d+_tenants_and_users/),
    );
  });

  it('refuses a migration that did not finish', async () => {
    await whileBroken(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%tenants_and_users'`,
      'UPDATE _prisma_migrations SET finished_at = now()',
      () => expect(start()).rejects.toThrow(/Migrations failed or are running/),
    );
  });

  it('serves a database that is ahead', async () => {
    await whileBroken(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('next', 'x', '99990101000000_next', now())`,
      `DELETE FROM _prisma_migrations WHERE id = 'next'`,
      () => expect(start()).resolves.toBeUndefined(),
    );
  });

  it('refuses when the self-test finds a leak', async () => {
    const harness = await createTenancyHarness();
    const { prisma, platform, tenants } = harness;
    // The shared loader that Prisma ships with: flushed in the context of whoever came first.
    const handler = (prisma as unknown as { _requestHandler: { dataloader: { options: unknown } } })._requestHandler;
    const guarded = handler.dataloader;
    const Loader = await bareLoaderClass();
    handler.dataloader = new Loader(guarded.options) as typeof guarded;
    const check = new TenancyCheck(
      prisma,
      platform,
      { check: () => Promise.resolve({ ok: true, detail: '' }) } as never,
      tenants,
    );
    await expect(check.run()).rejects.toThrow('The isolation self-test failed');
    // Even then nothing is read without a tenant: the driver adapter asks for one itself.
    await expect(prisma.user.findMany()).rejects.toThrow(TenantContextMissingError);
    handler.dataloader = guarded;
    await expect(check.run()).resolves.toBeUndefined();
    await harness.close();
  });

  it('says plainly that the database cannot be reached', async () => {
    const url = new URL(database.appUrl);
    url.port = '1';
    await expect(start({ DATABASE_URL: url.toString() })).rejects.toThrow(/Tenantry cannot start:.*cannot be reached/s);
  });

  it('says plainly that the password is wrong', async () => {
    const url = new URL(database.appUrl);
    url.password = 'wrong';
    await expect(start({ DATABASE_URL: url.toString() })).rejects.toThrow(/refuses the connection/);
  });
});

/** Prisma's own DataLoader class, from a client that has no guard. */
async function bareLoaderClass(): Promise<new (options: unknown) => unknown> {
  const { PrismaClient } = await import('../../src/generated/prisma/client.js');
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const bare = new PrismaClient({ adapter: new PrismaPg(database.appUrl) });
  return (bare as unknown as { _requestHandler: { dataloader: { constructor: never } } })._requestHandler.dataloader
    .constructor;
}
