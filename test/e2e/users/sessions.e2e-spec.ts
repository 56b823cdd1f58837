import { randomUUID } from 'node:crypto';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { factories, type Factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import type { TestUser } from '../../support/factories/users.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const PASSWORD = 'correct horse battery';

describe('sessions', () => {
  let test: TestApp;
  let make: Factories;
  let tenant: TestTenant;
  let user: TestUser;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    make = factories(test.app);
    tenant = await make.createTenant();
    user = await make.createUser(tenant, { role: 'manager', password: PASSWORD });
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const login = (body: object) => test.http.post('/api/v1/auth/login').send(body);
  const signIn = async (as: TestUser = user) => {
    const response = await login({ tenant: as.tenantId, identifier: as.email, password: PASSWORD }).expect(200);
    return response.body as { accessToken: string; refreshToken: string };
  };
  const refresh = (refreshToken: string) => test.http.post('/api/v1/auth/refresh').send({ refreshToken });
  const me = (token: string) => test.http.get('/api/v1/auth/me').set('Authorization', `Bearer ${token}`);

  const foreignSession = async (): Promise<string> => {
    const { body } = await world.as('member', world.other).get('/auth/sessions');
    return (body as { data: { id: string }[] }).data[0]!.id;
  };

  describeContract(() => Object.assign(world, { foreignId: foreignSession }), {
    'GET /auth/me': { allow: 'viewer' },
    'GET /auth/sessions': { allow: 'viewer', invalidQueries: ['limit=101', 'cursor=x'] },
    'DELETE /auth/sessions/:id': { allow: 'viewer' },
    'POST /auth/stream-ticket': { allow: 'viewer' },
  });

  describe('POST /auth/refresh', () => {
    it('exchanges a token for the next ones', async () => {
      const first = await signIn();
      const response = await refresh(first.refreshToken);

      expect(response.status).toBe(200);
      expect(response.body).toEqual({
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        tokenType: 'Bearer',
        expiresIn: 900,
      });
      expect(response.body.refreshToken).not.toBe(first.refreshToken);
      await me(response.body.accessToken).expect(200);
      await me(first.accessToken).expect(200);
      await refresh(response.body.refreshToken).expect(200);
    });

    /** As if the exchanges of the user's tokens had been longer ago than the grace. */
    const letGracePass = () =>
      make.inTenant(
        tenant,
        () =>
          test.app.get(PrismaService).$executeRaw`
            UPDATE sessions SET replaced_at = replaced_at - ${test.config.REFRESH_GRACE_MS}::int * interval '1 millisecond'
            WHERE user_id = ${user.id}::uuid AND replaced_at IS NOT NULL`,
      );
    const live = async (accessToken: string): Promise<number> => {
      const { body } = await test.http.get('/api/v1/auth/sessions').set('Authorization', `Bearer ${accessToken}`);
      return (body as { data: { current: boolean }[] }).data.filter(({ current }) => current).length;
    };
    const ENDED = { status: 401, code: 'auth.invalid_refresh_token' };

    it('ends the whole session, siblings included, when a token is used again after the grace', async () => {
      const first = await signIn();
      const second = (await refresh(first.refreshToken)).body;
      const sibling = (await refresh(first.refreshToken)).body;
      const elsewhere = await signIn();

      await letGracePass();
      expect(problemOf(await refresh(first.refreshToken))).toEqual(ENDED);
      for (const { refreshToken, accessToken } of [second, sibling]) {
        expect(problemOf(await refresh(refreshToken))).toEqual(ENDED);
        expect((await me(accessToken)).status).toBe(401);
      }
      await me(elsewhere.accessToken).expect(200);
      const actions = (await make.auditEntries(tenant)).map(({ action }) => action);
      expect(actions).toContain('session.reuse_detected');
    });

    it('answers a token that was exchanged a moment ago with siblings of its successor, five at most', async () => {
      const first = await signIn();
      const given = [(await refresh(first.refreshToken).expect(200)).body];
      for (let n = 0; n < 5; n++) given.push((await refresh(first.refreshToken).expect(200)).body);
      expect(new Set(given.map(({ refreshToken }) => refreshToken)).size).toBe(6);
      expect(problemOf(await refresh(first.refreshToken))).toEqual(ENDED);
      // The session lives on, as one, and every sibling is as good as the others.
      for (const { accessToken, refreshToken } of given) {
        await me(accessToken).expect(200);
        expect(await live(accessToken)).toBe(1);
        await refresh(refreshToken).expect(200);
      }
    });

    it('answers all of several at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const { refreshToken } = await signIn();
        const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
        expect(new Set(answers.map(({ body }) => (body as { refreshToken: string }).refreshToken)).size).toBe(3);
      }
    });

    it('knows no grace in a session that has ended', async () => {
      const first = await signIn();
      const second = (await refresh(first.refreshToken)).body;
      await test.http.post('/api/v1/auth/logout').send({ refreshToken: second.refreshToken }).expect(204);
      expect(problemOf(await refresh(first.refreshToken))).toEqual(ENDED);
      expect(problemOf(await refresh(second.refreshToken))).toEqual(ENDED);
    });

    it('gives the next token to exactly one of several at the same moment where there is no grace', async () => {
      const strict = await createTestApp({ REFRESH_GRACE_MS: 0 });
      const exchange = (refreshToken: string) => strict.http.post('/api/v1/auth/refresh').send({ refreshToken });
      try {
        for (let round = 0; round < 5; round++) {
          const { refreshToken } = await signIn();
          const answers = await Promise.all([1, 2, 3].map(() => exchange(refreshToken)));
          expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
        }
        const first = await signIn();
        const second = (await exchange(first.refreshToken).expect(200)).body;
        expect(problemOf(await exchange(first.refreshToken))).toEqual(ENDED);
        expect(problemOf(await exchange(second.refreshToken))).toEqual(ENDED);
      } finally {
        await strict.close();
      }
    });

    it('refuses what is no token of a session that goes on', async () => {
      const expiring = await signIn();
      const prisma = test.app.get(PrismaService);
      const sessions = await make.inTenant(tenant, () =>
        prisma.session.findMany({ where: { userId: user.id }, orderBy: { createdAt: 'desc' }, take: 1 }),
      );
      await make.inTenant(tenant, () =>
        prisma.session.updateMany({ where: { id: sessions[0]!.id }, data: { expiresAt: new Date(0) } }),
      );
      const { refreshToken } = await signIn();
      const tokens = [
        expiring.refreshToken,
        refreshToken.slice(0, -1),
        refreshToken.replace(/^refresh/, 'reset'),
        refreshToken.replace(/_[0-9a-f]{32}_/, `_${randomUUID().replaceAll('-', '')}_`),
        'garbage',
        '',
      ];
      for (const token of tokens) {
        expect(problemOf(await refresh(token))).toEqual({ status: 401, code: 'auth.invalid_refresh_token' });
      }
      await refresh(refreshToken).expect(200);
    });

    it('leaves nothing behind when the session is ended at the same moment', async () => {
      for (let round = 0; round < 15; round++) {
        const { refreshToken } = await signIn();
        const [refreshed] = await Promise.all([
          refresh(refreshToken),
          test.http.post('/api/v1/auth/logout').send({ refreshToken }).expect(204),
        ]);
        if (refreshed.status !== 200) continue;
        expect((await me(refreshed.body.accessToken)).status).toBe(401);
        expect((await refresh(refreshed.body.refreshToken)).status).toBe(401);
      }
    });

    it('leaves nothing behind when the user is deactivated at the same moment', async () => {
      const owner = await make.tokenFor(tenant.owner);
      const asOwner = (path: string) => test.http.post(path).set('Authorization', `Bearer ${owner}`).expect(200);
      for (let round = 0; round < 5; round++) {
        const leaver = await make.createUser(tenant, { password: PASSWORD });
        const { refreshToken } = await signIn(leaver);
        const [refreshed] = await Promise.all([
          refresh(refreshToken),
          asOwner(`/api/v1/users/${leaver.id}/deactivate`),
        ]);
        await asOwner(`/api/v1/users/${leaver.id}/reactivate`);
        if (refreshed.status !== 200) continue;
        expect((await me(refreshed.body.accessToken)).status).toBe(401);
        expect((await refresh(refreshed.body.refreshToken)).status).toBe(401);
      }
    });

    it('works with a stale access token in the header, as clients send it', async () => {
      const { refreshToken } = await signIn();
      const response = await refresh(refreshToken).set('Authorization', 'Bearer stale.token.here');
      expect(response.status).toBe(200);
    });

    it('refuses a token in the name of another tenant', async () => {
      const other = await make.createTenant();
      const { refreshToken } = await signIn();
      const response = await refresh(refreshToken).set('X-Tenant-Slug', other.slug);
      expect(problemOf(response)).toEqual({ status: 403, code: 'tenant.mismatch' });
      await refresh(refreshToken).expect(200);
    });
  });

  describe('POST /auth/logout', () => {
    it('ends the session of the access token', async () => {
      const { accessToken, refreshToken } = await signIn();
      await test.http.post('/api/v1/auth/logout').set('Authorization', `Bearer ${accessToken}`).expect(204);
      expect((await me(accessToken)).status).toBe(401);
      expect((await refresh(refreshToken)).status).toBe(401);
    });

    it('ends the session of the refresh token', async () => {
      const { accessToken, refreshToken } = await signIn();
      await test.http.post('/api/v1/auth/logout').send({ refreshToken }).expect(204);
      expect((await me(accessToken)).status).toBe(401);
    });

    it('asks for an access token or a refresh token', async () => {
      const response = await test.http.post('/api/v1/auth/logout');
      expect(problemOf(response)).toEqual({ status: 401, code: 'auth.unauthenticated' });
    });
  });

  describe('/auth/sessions', () => {
    const list = (token: string, query = '') =>
      test.http.get(`/api/v1/auth/sessions${query}`).set('Authorization', `Bearer ${token}`);

    it('are listed newest first, a page at a time, the current one marked', async () => {
      const fresh = await make.createUser(tenant);
      const tokens = [];
      for (let n = 0; n < 3; n++) tokens.push(await make.tokenFor(fresh));

      const first = (await list(tokens[0]!, '?limit=2').set('User-Agent', 'x').expect(200)).body;
      const second = (await list(tokens[0]!, `?limit=2&cursor=${first.meta.nextCursor}`)).body;

      expect(first.meta).toEqual({ limit: 2, nextCursor: expect.any(String) });
      expect(second.meta.nextCursor).toBeNull();
      const all = [...first.data, ...second.data];
      expect(new Set(all.map(({ id }) => id)).size).toBe(3);
      expect(all.map(({ current }) => current)).toEqual([false, false, true]);
      expect(Object.keys(all[0]).sort()).toEqual(
        ['createdAt', 'current', 'expiresAt', 'id', 'ipAddress', 'lastActivityAt', 'userAgent'].sort(),
      );
    });

    it('stay one session, begun when the user signed in, through refreshes', async () => {
      const fresh = await make.createUser(tenant, { password: PASSWORD });
      const first = await signIn(fresh);
      const [before] = (await list(first.accessToken)).body.data;
      const second = (await refresh(first.refreshToken)).body;
      const after = (await list(second.accessToken)).body.data;
      expect(after).toEqual([{ ...before, lastActivityAt: expect.any(String), expiresAt: expect.any(String) }]);
    });

    it('can be ended one by one, each only by its user', async () => {
      const fresh = await make.createUser(tenant);
      const [here, there] = [await make.tokenFor(fresh), await make.tokenFor(fresh)];
      const other = (await list(here)).body.data.find(({ current }: { current: boolean }) => !current);
      const remove = (id: string, token: string) =>
        test.http.delete(`/api/v1/auth/sessions/${id}`).set('Authorization', `Bearer ${token}`);

      for (const [id, token] of [
        [randomUUID(), here],
        [other.id, await make.tokenFor(user)],
        [other.id, await make.tokenFor((await make.createTenant()).owner)],
      ] as const) {
        expect(problemOf(await remove(id, token))).toEqual({ status: 404, code: 'session.not_found' });
      }
      expect(problemOf(await remove('12345', here))).toEqual({ status: 400, code: 'request.invalid' });
      await remove(other.id, here).expect(204);
      expect((await me(there)).status).toBe(401);
      await me(here).expect(200);
      expect(problemOf(await remove(other.id, here))).toEqual({ status: 404, code: 'session.not_found' });
    });

    it('refuses a cursor that is none and a page that is too long', async () => {
      const token = await make.tokenFor(user);
      expect((await list(token, '?cursor=x')).status).toBe(400);
      expect((await list(token, '?limit=101')).status).toBe(400);
    });
  });
});
