import 'reflect-metadata';
import { PrismaPg } from '@prisma/adapter-pg';
import { Test } from '@nestjs/testing';
import { Global, Module } from '@nestjs/common';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../src/common/config/config.js';
import { loadConfig } from '../src/common/config/load-config.js';
import { PrismaModule } from '../src/common/prisma/prisma.module.js';
import { PrismaService } from '../src/common/prisma/prisma.service.js';
import { TenancyModule } from '../src/common/tenancy/tenancy.module.js';
import { TenantContext } from '../src/common/tenancy/tenant-context.js';
import { PrismaClient } from '../src/generated/prisma/client.js';
import { measure, ratio, show, type Work, writeJson } from './compare.js';

/*
 * Measures the cost of tenancy: Tenantry's PrismaService against
 *   plain      Prisma's own adapter on an equal database without row-level security, filtering by tenant_id;
 *   extension  Prisma's documented row-level-security extension (set_config and the query in a batch transaction).
 * All three have pools of the same size and run interleaved; compare the ratios.
 */

const POOL = 10;
const TENANTS = 8;
const USERS = 40;

const admin = (url: string): Promise<pg.Client> => {
  const client = new pg.Client(url);
  return client.connect().then(() => client);
};

async function seed(adminUrl: string): Promise<{ tenantId: string; userIds: string[] }[]> {
  const client = await admin(adminUrl);
  const tenants = Array.from({ length: TENANTS }, () => ({
    tenantId: uuidv7(),
    userIds: Array.from({ length: USERS }, () => uuidv7()),
  }));
  for (const { tenantId, userIds } of tenants) {
    await client.query(`INSERT INTO tenants (id, slug, name, schema_name, status) VALUES ($1, $2, $2, $2, 'ACTIVE')`, [
      tenantId,
      `t-${tenantId.slice(-12)}`,
    ]);
    await client.query(
      `INSERT INTO users (tenant_id, id, username, email) SELECT $1, id, 'u' || n, 'u' || n || '@bench.test' FROM unnest($2::uuid[]) WITH ORDINALITY AS x(id, n)`,
      [tenantId, userIds],
    );
  }
  await client.query('ANALYZE users');
  await client.end();
  return tenants;
}

/** Removes all protection from the tables, as in an application without row-level security. */
async function unprotect(adminUrl: string): Promise<void> {
  const client = await admin(adminUrl);
  const { rows } = await client.query<{ t: string }>(
    `SELECT oid::regclass::text AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity`,
  );
  for (const { t } of rows) await client.query(`ALTER TABLE ${t} DISABLE ROW LEVEL SECURITY`);
  await client.end();
}

interface Variant {
  run<T>(tenantId: string, fn: (client: PrismaClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function ours(appUrl: string, platformUrl: string): Promise<Variant> {
  const key = 'k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
  const config = loadConfig({
    DATABASE_URL: appUrl,
    DATABASE_PLATFORM_URL: platformUrl,
    DATABASE_WORKER_URL: appUrl,
    TOKEN_SIGNING_KEYS: key,
    DATA_ENCRYPTION_KEYS: key,
    DATABASE_POOL_MAX: String(POOL),
    DATABASE_POOL_MAX_PER_TENANT: String(POOL),
  });
  @Global()
  @Module({ providers: [{ provide: Config, useValue: config }], exports: [Config] })
  class BenchConfigModule {}
  const module = await Test.createTestingModule({
    imports: [BenchConfigModule, TenancyModule, PrismaModule],
  }).compile();
  await module.init();
  const prisma = module.get(PrismaService);
  const tenants = module.get(TenantContext);
  return {
    run: (tenantId, fn) => tenants.run({ tenantId, source: 'system' }, () => fn(prisma)),
    close: () => module.close(),
  };
}

function plain(appUrl: string): Variant {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: appUrl, max: POOL }) });
  return { run: (_, fn) => fn(prisma), close: () => prisma.$disconnect() };
}

function extension(appUrl: string): Variant {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: appUrl, max: POOL }) });
  const forTenant = (tenantId: string): PrismaClient =>
    prisma.$extends({
      query: {
        $allModels: {
          async $allOperations({ args, query }) {
            const [, result] = await prisma.$transaction([
              prisma.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, TRUE)`,
              query(args),
            ]);
            return result;
          },
        },
      },
    }) as unknown as PrismaClient;
  return { run: (tenantId, fn) => fn(forTenant(tenantId)), close: () => prisma.$disconnect() };
}

const protectedDb = JSON.parse(process.env['BENCH_DATABASE_1']!) as Record<
  'appUrl' | 'platformUrl' | 'adminUrl',
  string
>;
const plainDb = JSON.parse(process.env['BENCH_DATABASE_2']!) as typeof protectedDb;
const tenants = await seed(protectedDb.adminUrl);
const plainTenants = await seed(plainDb.adminUrl);
await unprotect(plainDb.adminUrl);
const grant = await admin(protectedDb.adminUrl);
// The extension calls set_config as the application's role, which Tenantry's setup forbids.
await grant.query('GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO tenantry_app');
await grant.end();

const variants: Record<string, { variant: Variant; data: typeof tenants }> = {
  ours: { variant: await ours(protectedDb.appUrl, protectedDb.platformUrl), data: tenants },
  plain: { variant: plain(plainDb.appUrl), data: plainTenants },
  extension: { variant: extension(protectedDb.appUrl), data: tenants },
};

let turn = 0;
const next = <T>(items: readonly T[]): T => items[(turn += 1) % items.length]!;

type Operation = (client: PrismaClient, tenantId: string, userId: string) => Promise<unknown>;
const operations: Record<string, Operation> = {
  'list of 20': (client, tenantId) =>
    client.user.findMany({ where: { tenantId }, take: 20, orderBy: { createdAt: 'desc' } }),
  'read by id': (client, tenantId, id) => client.user.findFirst({ where: { tenantId, id } }),
  create: (client, tenantId) =>
    client.loginAttempt.create({
      data: { tenantId, identifierHash: uuidv7(), failures: 1, windowStartedAt: new Date() },
    }),
  update: (client, tenantId, id) =>
    client.user.updateMany({ where: { tenantId, id }, data: { loginCount: { increment: 1 } } }),
};
const interactive: Operation = (client, tenantId, id) =>
  client.$transaction(async (tx) => {
    await tx.user.findFirst({ where: { tenantId, id } });
    await tx.user.updateMany({ where: { tenantId, id }, data: { loginCount: { increment: 1 } } });
  });

const work = (name: string, operation: Operation): Work => {
  const { variant, data } = variants[name]!;
  return () => {
    const { tenantId, userIds } = next(data);
    return variant.run(tenantId, (client) => operation(client, tenantId, next(userIds)));
  };
};

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 15);
const results: unknown[] = [];
console.log(
  'Operations per second as ratios: median of the rounds (middle half). Pools of',
  POOL,
  'connections,',
  TENANTS,
  'tenants.',
);
for (const concurrency of [1, 32]) {
  for (const [name, operation] of [...Object.entries(operations), ['interactive transaction', interactive] as const]) {
    if (!name.includes(process.env['BENCH_ONLY'] ?? '')) continue;
    // The extension runs the queries of an interactive transaction outside of it, so there is nothing to compare.
    const names = operation === interactive ? ['ours', 'plain'] : Object.keys(variants);
    const works = Object.fromEntries(names.map((variant) => [variant, work(variant, operation)]));
    const measurement = await measure(name, works, { rounds, sliceMs: 150, concurrency });
    const ofPlain = ratio(measurement, 'ours', 'plain');
    const ofExtension = names.includes('extension') ? ratio(measurement, 'ours', 'extension') : undefined;
    console.log(
      `${String(concurrency).padStart(2)} at a time  ${name.padEnd(24)} ours/plain ${show(ofPlain)}${ofExtension ? `   ours/extension ${show(ofExtension)}` : ''}`,
    );
    results.push({ concurrency, operation: name, ofPlain, ofExtension, rounds: measurement.rounds });
  }
}
for (const { variant } of Object.values(variants)) await variant.close();
writeJson('tenancy', results);
