import { isDeepStrictEqual } from 'node:util';
import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { Config } from '../../src/common/config/config.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { withClient } from '../../scripts/db/connect.js';
import { DEMO_PASSWORD, DEMO_PLATFORM_ADMIN, DEMO_TENANTS, DEMO_USERS } from '../../prisma/seed/demo-data.js';
import { DemoSeed } from '../../prisma/seed/demo-seed.js';
import { SeedModule } from '../../prisma/seed/seed.module.js';
import { eventually } from '../support/eventually.js';
import { factories } from '../support/factories.js';
import { createTestApp } from '../support/test-app.js';
import { testConfig } from '../support/test-config.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => dropTestDatabase(database));

/** The seed program's application, as often as a test likes. */
async function seedProgram(overrides: Partial<Config> = {}): Promise<INestApplicationContext> {
  const testing = await Test.createTestingModule({ imports: [SeedModule] })
    .overrideProvider(Config)
    .useValue(testConfig(database, { APP_ROLE: 'api', ...overrides }))
    .compile();
  return testing.init();
}

async function seedOnce(): Promise<string[]> {
  const program = await seedProgram();
  try {
    return await program.get(DemoSeed).run();
  } finally {
    await program.close();
  }
}

const administer = async <T extends object>(sql: string): Promise<T[]> =>
  withClient(database.adminUrl, async (admin) => (await admin.query<T>(sql)).rows);

/** Every account of the demo as the database has it. */
const accounts = () =>
  administer<{ slug: string; email: string; hash: string }>(`
    SELECT t.slug, t.status, t.subscription_plan AS plan, u.email, u.username, u.role, u.status AS user_status, c.password_hash AS hash
    FROM tenants t JOIN users u ON u.tenant_id = t.id JOIN credentials c ON (c.tenant_id, c.username) = (u.tenant_id, u.username)
    ORDER BY t.slug, u.username`);

const EXPECTED = DEMO_TENANTS.flatMap(({ slug, plan }) =>
  DEMO_USERS.map(({ role, email, username }) => ({
    slug,
    status: 'ACTIVE',
    plan,
    email,
    username,
    role,
    user_status: 'ACTIVE',
    hash: expect.stringMatching(/^\$argon2id\$/),
  })),
).sort((a, b) => (`${a.slug} ${a.username}` < `${b.slug} ${b.username}` ? -1 : 1));

const SLUGS = DEMO_TENANTS.map(({ slug }) => slug);

describe('The demo', () => {
  it('is three tenants with the same five accounts each, who can sign in, and a platform admin', async () => {
    await expect(seedOnce()).resolves.toEqual(SLUGS);
    expect(await accounts()).toEqual(EXPECTED);

    const test = await createTestApp(testConfig(database));
    try {
      const seen = new Set<string>();
      for (const tenant of SLUGS) {
        const { status, body } = await test.http
          .post('/api/v1/auth/login')
          .send({ tenant, identifier: 'member@demo.test', password: DEMO_PASSWORD });
        expect(status).toBe(200);
        const users = await test.http.get('/api/v1/users').set('Authorization', `Bearer ${body.accessToken}`);
        expect(users.body.meta.total).toBe(DEMO_USERS.length);
        for (const { id } of users.body.data as { id: string }[]) seen.add(id);
      }
      expect(seen.size).toBe(SLUGS.length * DEMO_USERS.length);
      const admin = await test.http
        .post('/api/v1/platform/auth/login')
        .send({ email: DEMO_PLATFORM_ADMIN, password: DEMO_PASSWORD });
      expect(admin.status).toBe(200);
    } finally {
      await test.close();
    }
  });

  it('has three active workflows in each tenant, and a worker runs each of them', async () => {
    await seedOnce();
    const test = await createTestApp(testConfig(database, { APP_ROLE: 'all' }));
    try {
      for (const tenant of SLUGS) {
        const login = { tenant, identifier: 'manager@demo.test', password: DEMO_PASSWORD };
        const { accessToken } = (await test.http.post('/api/v1/auth/login').send(login)).body as {
          accessToken: string;
        };
        const read = async <T>(path: string): Promise<T> =>
          (await test.http.get(`/api/v1${path}`).set('Authorization', `Bearer ${accessToken}`)).body.data as T;
        const workflows =
          await read<{ id: string; name: string; status: string; nextRunAt: string | null }[]>('/workflows?sort=name');
        expect(workflows.map(({ name, status, nextRunAt }) => [name, status, nextRunAt !== null])).toEqual([
          ['Expense approval', 'active', false],
          ['Morning summary', 'active', true],
          ['Welcome new colleagues', 'active', false],
        ]);
        // What the manifests of modules declare for the demo.
        expect((await read<{ name: string }[]>('/lua-scripts')).map(({ name }) => name)).toEqual(['Add tax']);
        const statuses = async (): Promise<string[][]> => {
          const runs = workflows.map(({ id }) => read<{ status: string }[]>(`/workflows/${id}/runs`));
          return (await Promise.all(runs)).map((list) => list.map(({ status }) => status));
        };
        const wanted = [['waiting'], ['succeeded'], ['succeeded']];
        expect(await eventually(statuses, (answer) => isDeepStrictEqual(answer, wanted))).toEqual(wanted);
      }
    } finally {
      await test.close();
    }
  });

  it('is made once, and what people changed since stays', async () => {
    await seedOnce();
    await administer(`UPDATE users SET first_name = 'Changed' WHERE username = 'owner'`);
    await administer(`DELETE FROM users WHERE username = 'viewer'`);
    const before = await accounts();
    await expect(seedOnce()).resolves.toEqual([]);
    expect(await accounts()).toEqual(before);
    expect(before).toHaveLength(12);
  });

  it('is made once when two seeds run at the same time', async () => {
    const programs = await Promise.all([seedProgram(), seedProgram()]);
    try {
      const made = await Promise.all(programs.map((program) => program.get(DemoSeed).run()));
      expect(made.flat().sort()).toEqual(SLUGS.toSorted());
      expect(await accounts()).toEqual(EXPECTED);
    } finally {
      await Promise.all(programs.map((program) => program.close()));
    }
  });

  it('is finished by the next seed when one was stopped', async () => {
    const program = await seedProgram();
    try {
      const platform = program.get(PlatformPrismaService);
      // Stopped in the middle of provisioning, and after it.
      await platform.tenant.createMany({
        data: [
          { slug: 'acme-corp', name: 'Acme Corporation', schemaName: 'tenant_acme_corp', metadata: { demo: 'begun' } },
        ],
      });
      await program.get(DemoSeed).run();
      await administer(`UPDATE tenants SET metadata = '{"demo": "begun"}' WHERE slug = 'startup-xyz'`);
      await administer(
        `DELETE FROM users USING tenants t WHERE tenant_id = t.id AND slug = 'startup-xyz' AND role = 'viewer'`,
      );
      await expect(program.get(DemoSeed).run()).resolves.toEqual(['startup-xyz']);
      expect(await accounts()).toEqual(EXPECTED);
    } finally {
      await program.close();
    }
  });

  it("leaves a tenant alone that has a demo tenant's slug but is somebody's own", async () => {
    const program = await seedProgram();
    try {
      const platform = program.get(PlatformPrismaService);
      const tenant = await platform.tenant.create({
        data: { slug: 'acme-corp', name: 'The real Acme', schemaName: 'tenant_acme_corp', status: 'ACTIVE' },
        select: { id: true },
      });
      await factories(program).createUser(tenant, { role: 'owner', username: 'owner', email: 'owner@acme.example' });
      await expect(program.get(DemoSeed).run()).resolves.toEqual(['fortium-demo', 'startup-xyz']);
      const users = await administer(
        `SELECT email FROM users JOIN tenants t ON t.id = tenant_id WHERE slug = 'acme-corp'`,
      );
      expect(users).toEqual([{ email: 'owner@acme.example' }]);
    } finally {
      await program.close();
    }
  });
});

describe('The platform admin that the environment names', () => {
  const start = async (email: string, password: string): Promise<void> => {
    const program = await seedProgram({ PLATFORM_ADMIN_EMAIL: email, PLATFORM_ADMIN_PASSWORD: password });
    await program.close();
  };
  const admins = () =>
    administer<{ email: string; password_hash: string }>('SELECT email, password_hash FROM platform_admins');

  it('is made at start and keeps the password afterwards', async () => {
    await start('Root@Example.test', 'correct horse battery');
    const before = await admins();
    expect(before).toEqual([{ email: 'root@example.test', password_hash: expect.stringMatching(/^\$argon2id\$/) }]);
    await start('root@example.test', 'another password entirely');
    expect(await admins()).toEqual(before);
  });

  it('is made once when two processes start at the same time', async () => {
    await Promise.all([
      start('root@example.test', 'correct horse battery'),
      start('root@example.test', 'correct horse battery'),
    ]);
    expect(await admins()).toHaveLength(1);
  });
});
