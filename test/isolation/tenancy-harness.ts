import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../../src/common/config/config.js';
import { DbalModule } from '../../src/common/dbal/dbal.module.js';
import { DbalService } from '../../src/common/dbal/dbal.service.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaModule } from '../../src/common/prisma/prisma.module.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenancyModule } from '../../src/common/tenancy/tenancy.module.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { testConfig } from '../support/test-config.js';
import { testDatabase } from '../support/test-database.js';
import { adminPool } from '../support/admin-pool.js';

/** The tenancy layer alone, on this worker's database, with two tenants of one user each. */
export interface TenancyHarness {
  prisma: PrismaService;
  platform: PlatformPrismaService;
  dbal: DbalService;
  tenants: TenantContext;
  a: TestTenant;
  b: TestTenant;
  as<T>(tenant: { id: string }, fn: () => T | Promise<T>): Promise<T>;
  /** As the superuser, who sees everything: for checking what was really written. */
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  newTenant(): Promise<TestTenant>;
  close(): Promise<void>;
}

export interface TestTenant {
  id: string;
  userId: string;
}

/** Where a suite's queries go through, if not straight to the server. See pgbouncer/through-pgbouncer.ts. */
export const pooler: { used: boolean; current?: Partial<Config> } = { used: false };

/** For tests that need two transactions at a time: a pooler with one server connection has room for one. */
export const itWithTwoConnections = (...test: Parameters<typeof it>): void => (pooler.used ? it.skip : it)(...test);

export async function createTenancyHarness(overrides: Partial<Config> = {}): Promise<TenancyHarness> {
  const database = await testDatabase();
  @Global()
  @Module({
    providers: [{ provide: Config, useValue: testConfig(database, { ...pooler.current, ...overrides }) }],
    exports: [Config],
  })
  class TestConfigModule {}

  const module = await Test.createTestingModule({
    imports: [TestConfigModule, TenancyModule, PrismaModule, DbalModule],
  }).compile();
  await module.init();
  const admin = adminPool(database.adminUrl, 2);
  const sql = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await admin.query<T>(text, values)).rows;

  async function newTenant(): Promise<TestTenant> {
    const tenant = { id: uuidv7(), userId: uuidv7() };
    const slug = `t-${tenant.id.slice(-12)}`;
    await sql(`INSERT INTO tenants (id, slug, name, schema_name, status) VALUES ($1, $2, $2, $2, 'ACTIVE')`, [
      tenant.id,
      slug,
    ]);
    await sql(
      `INSERT INTO users (tenant_id, id, username, email, role) VALUES ($1, $2, 'owner', 'owner@demo.test', 'owner')`,
      [tenant.id, tenant.userId],
    );
    return tenant;
  }

  const tenants = module.get(TenantContext);
  return {
    prisma: module.get(PrismaService),
    platform: module.get(PlatformPrismaService),
    dbal: module.get(DbalService),
    tenants,
    a: await newTenant(),
    b: await newTenant(),
    as: (tenant, fn) => tenants.run({ tenantId: tenant.id, source: 'system' }, fn),
    sql,
    newTenant,
    async close() {
      await module.close();
      await admin.end();
    },
  };
}
