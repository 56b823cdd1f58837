import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Module } from '@nestjs/common';
import { withClient } from '../../scripts/db/connect.ts';
import { Allow } from '../../src/common/identity/auth.decorators.js';
import { IdentityListener } from '../../src/common/changes/identity-listener.js';
import { factsOfRequest } from '../../src/common/request/request-facts.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { PlatformAdminsService } from '../../src/modules/tenants/platform-admins/platform-admins.service.js';
import { cuttableProxy, type CuttableProxy } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { factories, type Factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { uniqueName } from '../support/unique-name.js';
import { heardOfEverything } from '../support/heard.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase } from '../support/test-database.js';

/** Of a connection that does not answer. */
const GIVEN_UP_AFTER_MS = 4500;
const PASSWORD = 'correct horse battery';

/** Answers without the database, so that every query of a request is one of identity. */
@Controller('test-pulse')
class PulseController {
  @Get()
  @Allow('profile:read')
  get(): { alive: true } {
    return { alive: true };
  }

  @Get('of-the-platform')
  @Allow('platform:tenants:read')
  getForPlatform(): { alive: true } {
    return { alive: true };
  }
}

@Module({ controllers: [PulseController] })
class PulseModule {}

type Headers = Record<string, string>;

describe('changes of identity', () => {
  /** Makes the changes. */
  let here: TestApp;
  /** Another process, as far as the two know: they share nothing but the database. */
  let there: TestApp;
  let proxy: CuttableProxy;
  let make: Factories;
  let tenant: TestTenant;
  let platform: Headers;

  beforeAll(async () => {
    proxy = await cuttableProxy((await testDatabase()).appUrl);
    here = await createTestApp({}, [PulseModule]);
    there = await createTestApp({ DATABASE_LISTEN_URL: proxy.url }, [PulseModule]);
    make = factories(here.app);
    await heard(here);
    await heard(there);
    platform = bearer(await make.platformToken());
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await proxy.cut();
  });
  beforeEach(async () => {
    tenant = await make.createTenant();
  });

  const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });
  const heard = async ({ app }: TestApp): Promise<void> => {
    expect(await eventually(() => app.get(IdentityListener).isHeard, Boolean)).toBe(true);
  };
  const pulse = async ({ http }: TestApp, headers: Headers): Promise<number> =>
    (await http.get('/api/v1/test-pulse').set(headers)).status;
  const asOwner = async (): Promise<Headers> => bearer(await make.tokenFor(tenant.owner));

  interface Change {
    headers: Headers;
    make(): Promise<{ status: number }>;
    /** What the credential is answered with afterwards. */
    becomes: number;
  }

  const CHANGES: Record<string, () => Promise<Change>> = {
    'a tenant is suspended': async () => ({
      headers: await asOwner(),
      make: () => here.http.post(`/api/v1/platform/tenants/${tenant.id}/suspend`).set(platform),
      becomes: 403,
    }),
    'a user is deactivated': async () => {
      const user = await make.createUser(tenant);
      const owner = await asOwner();
      return {
        headers: bearer(await make.tokenFor(user)),
        make: () => here.http.post(`/api/v1/users/${user.id}/deactivate`).set(owner),
        becomes: 401,
      };
    },
    'a user is deleted': async () => {
      const user = await make.createUser(tenant);
      const owner = await asOwner();
      return {
        headers: bearer(await make.tokenFor(user)),
        make: () => here.http.delete(`/api/v1/users/${user.id}`).set(owner),
        becomes: 401,
      };
    },
    'somebody signs out': async () => {
      const headers = bearer(await make.tokenFor(await make.createUser(tenant)));
      return { headers, make: () => here.http.post('/api/v1/auth/logout').set(headers), becomes: 401 };
    },
    'an API key is revoked': async () => {
      const owner = await asOwner();
      const { body } = await here.http.post('/api/v1/api-keys').set(owner).send({ name: 'a program' });
      return {
        headers: { 'X-API-Key': body.key },
        make: () => here.http.delete(`/api/v1/api-keys/${body.id}`).set(owner),
        becomes: 401,
      };
    },
    'a platform admin signs out': async () => {
      const email = `${uniqueName('admin')}@example.test`;
      await here.app.get(PlatformAdminsService).ensure(email, PASSWORD);
      const { body } = await here.http.post('/api/v1/platform/auth/login').send({ email, password: PASSWORD });
      const headers = { ...bearer(body.accessToken), 'X-Tenant-ID': tenant.id };
      return { headers, make: () => here.http.post('/api/v1/platform/auth/logout').set(headers), becomes: 401 };
    },
  };

  describe.each(Object.entries(CHANGES))('when %s', (_, prepare) => {
    it('hold at once in the process that made them, and soon in others', async () => {
      const change = await prepare();
      for (const app of [here, there]) expect(await pulse(app, change.headers)).toBe(200);

      expect((await change.make()).status).toBeLessThan(300);

      expect(await pulse(here, change.headers)).toBe(change.becomes);
      const status = await eventually(
        () => pulse(there, change.headers),
        (answer) => answer !== 200,
      );
      expect(status).toBe(change.becomes);
    });
  });

  it('give and take permissions when a role is changed', async () => {
    const user = await make.createUser(tenant, { role: 'viewer' });
    const headers = bearer(await make.tokenFor(user));
    const owner = await asOwner();
    const mayCreate = ({ http }: TestApp) =>
      http
        .post('/api/v1/users')
        .set(headers)
        .send({})
        .then(({ status }) => status);
    for (const app of [here, there]) expect(await mayCreate(app)).toBe(403);

    await here.http.patch(`/api/v1/users/${user.id}`).set(owner).send({ role: 'admin' }).expect(200);
    expect(await mayCreate(here)).toBe(400);
    expect(
      await eventually(
        () => mayCreate(there),
        (status) => status !== 403,
      ),
    ).toBe(400);

    await here.http.patch(`/api/v1/users/${user.id}`).set(owner).send({ role: 'viewer' }).expect(200);
    expect(await mayCreate(here)).toBe(403);
    expect(
      await eventually(
        () => mayCreate(there),
        (status) => status === 403,
      ),
    ).toBe(403);
  });

  it('let a tenant be found as soon as it is there', async () => {
    const domain = `${uniqueName('shop')}.example`;
    const login = ({ http }: TestApp) =>
      http
        .post('/api/v1/auth/login')
        .send({ tenant: domain, identifier: 'ada', password: PASSWORD })
        .then(({ status }) => status);
    for (const app of [here, there]) expect(await login(app)).toBe(404);
    await make.createTenant({ domain });
    for (const app of [here, there])
      expect(
        await eventually(
          () => login(app),
          (status) => status !== 404,
        ),
      ).toBe(401);
  });

  describe('are not asked for in the database', () => {
    /** Connections that are taken to answer requests: work by the clock, which is no request's, takes others. */
    const connectionsFor = async ({ app }: TestApp, requests: () => Promise<unknown>): Promise<number> => {
      let taken = 0;
      const count = () => (taken += factsOfRequest() ? 1 : 0);
      const pools = [app.get(PrismaService).pool, app.get(PlatformPrismaService).pool];
      for (const pool of pools) pool.on('acquire', count);
      await requests();
      for (const pool of pools) pool.off('acquire', count);
      return taken;
    };
    const expectOnlyTheFirstToAsk = async (headers: Headers, first: string, then = first): Promise<void> => {
      await heardOfEverything(here, there);
      const get = (path: string) => there.http.get(path).set(headers).expect(200);
      expect(await connectionsFor(there, () => get(first))).toBeGreaterThan(0);
      const more = async (): Promise<void> => {
        for (let n = 0; n < 10; n++) await get(then);
      };
      expect(await connectionsFor(there, more)).toBe(0);
    };

    it('by requests that follow a first one, with tokens and with hosts', async () => {
      const headers = { ...(await asOwner()), 'X-Tenant-Slug': tenant.slug, Host: `${uniqueName('api')}.example` };
      await expectOnlyTheFirstToAsk(headers, '/api/v1/test-pulse', `/api/v1/t/${tenant.slug}/test-pulse`);
    });

    it('by those of platform admins', async () => {
      const headers = bearer(await make.platformToken());
      await expectOnlyTheFirstToAsk(headers, '/api/v1/test-pulse/of-the-platform');
    });
  });

  describe('while the LISTEN connection is down', () => {
    beforeEach(async () => {
      await proxy.cut();
      expect(
        await eventually(
          () => there.app.get(IdentityListener).isHeard,
          (isHeard) => !isHeard,
        ),
      ).toBe(false);
    });
    afterEach(async () => {
      await proxy.mend();
      await heard(there);
    });

    it.each(Object.entries(CHANGES))('hold at once when %s, because nothing is cached', async (_, prepare) => {
      const change = await prepare();
      expect(await pulse(there, change.headers)).toBe(200);
      expect((await change.make()).status).toBeLessThan(300);
      expect(await pulse(there, change.headers)).toBe(change.becomes);
    });

    it('are not missed: what was cached before is forgotten', async () => {
      await proxy.mend();
      await heard(there);
      const user = await make.createUser(tenant);
      const headers = bearer(await make.tokenFor(user));
      expect(await pulse(there, headers)).toBe(200);

      await proxy.cut();
      await eventually(
        () => there.app.get(IdentityListener).isHeard,
        (isHeard) => !isHeard,
      );
      await here.http
        .post(`/api/v1/users/${user.id}/deactivate`)
        .set(await asOwner())
        .expect(200);
      await proxy.mend();
      await heard(there);

      expect(await pulse(there, headers)).toBe(401);
    });
  });

  it('hold soon where the packets of the LISTEN connection vanish: long before it is given up', async () => {
    const user = await make.createUser(tenant);
    const headers = bearer(await make.tokenFor(user));
    expect(await pulse(there, headers)).toBe(200);
    proxy.silence();
    try {
      const deactivate = here.http.post(`/api/v1/users/${user.id}/deactivate`);
      await deactivate.set(await asOwner()).expect(200);
      const givenUp = delay(GIVEN_UP_AFTER_MS, 'given up', { ref: false });
      const refused = eventually(
        () => pulse(there, headers),
        (status) => status === 401,
      );
      expect(await Promise.race([refused, givenUp])).toBe(401);
    } finally {
      await proxy.mend();
      await heard(there);
    }
  });

  it('are heard again after the server broke the connection', async () => {
    const headers = await asOwner();
    const { pool } = here.app.get(PrismaService);
    const listeners = async (): Promise<number[]> => {
      const { rows } = await pool.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'tenantry-listen' AND datname = current_database()`,
      );
      return rows.map(({ pid }) => pid);
    };
    const before = await listeners();
    await withClient((await testDatabase()).adminUrl, (admin) =>
      admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) pid', [before]),
    );
    const isNew = (pids: number[]) => pids.length === before.length && !pids.some((pid) => before.includes(pid));
    expect(isNew(await eventually(listeners, isNew))).toBe(true);
    for (const app of [here, there]) await heard(app);
    for (const app of [here, there]) expect(await pulse(app, headers)).toBe(200);
  });

  it('survive notifications that are none', async () => {
    const headers = await asOwner();
    expect(await pulse(there, headers)).toBe(200);
    const { pool } = here.app.get(PrismaService);
    for (const payload of ['', 'garbage', '[]', 'null', '{"kind":"user"}', '{"kind":"x","tenantId":null,"id":"y"}']) {
      await pool.query('SELECT pg_notify($1, $2)', ['tenantry_identity', payload]);
    }
    for (let n = 0; n < 5; n++) expect(await pulse(there, headers)).toBe(200);
    expect(there.app.get(IdentityListener).isHeard).toBe(true);
  });
});
