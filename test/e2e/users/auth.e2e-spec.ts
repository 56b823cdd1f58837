import { createSecretKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { factories, type Factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import type { TestUser } from '../../support/factories/users.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const PASSWORD = 'correct horse battery';
const INVALID = { status: 401, code: 'auth.invalid_credentials' };

describe('signing in', () => {
  let test: TestApp;
  let make: Factories;
  let tenant: TestTenant;
  let user: TestUser;

  beforeAll(async () => {
    test = await createTestApp();
    make = factories(test.app);
    tenant = await make.createTenant();
    user = await make.createUser(tenant, { role: 'manager', password: PASSWORD });
  });
  afterAll(() => test.close());

  const login = (body: object) => test.http.post('/api/v1/auth/login').send(body);
  const signIn = async (as: TestUser = user) => {
    const response = await login({ tenant: as.tenantId, identifier: as.email, password: PASSWORD }).expect(200);
    return response.body as { accessToken: string; refreshToken: string };
  };
  const me = (token: string) => test.http.get('/api/v1/auth/me').set('Authorization', `Bearer ${token}`);

  describe('POST /auth/login', () => {
    it.each([
      ['slug', () => tenant.slug],
      ['id', () => tenant.id],
      ['slug in capitals', () => tenant.slug.toUpperCase()],
    ])('takes the tenant by its %s', async (_, name) => {
      const response = await login({ tenant: name(), identifier: user.email, password: PASSWORD });

      expect(response.status).toBe(200);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.body).toEqual({
        accessToken: expect.any(String),
        refreshToken: expect.stringMatching(/^refresh_[0-9a-f]{32}_/),
        tokenType: 'Bearer',
        expiresIn: 900,
        user: expect.objectContaining({ id: user.id, email: user.email, role: 'manager', level: 3 }),
      });
      expect(JSON.stringify(response.body)).not.toMatch(/argon2|hash/i);
    });

    it('takes the username as well, in any case', async () => {
      await login({ tenant: tenant.slug, identifier: user.username.toUpperCase(), password: PASSWORD }).expect(200);
    });

    it('keeps equal names in two tenants apart', async () => {
      const other = await make.createTenant();
      const namesake = await make.createUser(other, {
        email: user.email,
        username: user.username,
        password: 'another password',
      });

      const response = await login({ tenant: other.slug, identifier: user.email, password: 'another password' });
      expect(response.body.user.id).toBe(namesake.id);
      expect(problemOf(await login({ tenant: other.slug, identifier: user.email, password: PASSWORD }))).toEqual(
        INVALID,
      );
    });

    it('answers alike for a wrong password and for people who are not there or may not sign in', async () => {
      const invited = await make.createUser(tenant, { status: 'INVITED' });
      const deactivated = await make.createUser(tenant, { status: 'SUSPENDED', password: PASSWORD });
      const attempts = [
        { identifier: user.email, password: 'wrong password' },
        { identifier: `${uniqueName('nobody')}@example.test`, password: PASSWORD },
        { identifier: invited.email, password: PASSWORD },
        { identifier: deactivated.email, password: PASSWORD },
      ];
      const answers = await Promise.all(attempts.map((attempt) => login({ tenant: tenant.slug, ...attempt })));

      expect(answers.map(problemOf)).toEqual(attempts.map(() => INVALID));
      expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    });

    it.each([
      ['no password', { identifier: 'ada' }],
      ['no name', { password: PASSWORD }],
      ['a name that is a number', { identifier: 1, password: PASSWORD }],
      ['a tenant that can be none', { tenant: 'no such/tenant', identifier: 'ada', password: PASSWORD }],
      ['a tenant that is null', { tenant: null, identifier: 'ada', password: PASSWORD }],
      ['an unknown field', { identifier: 'ada', password: PASSWORD, remember: true }],
      ['a NUL character', { identifier: 'a\0da', password: PASSWORD }],
    ])('refuses %s', async (_, body) => {
      expect(problemOf(await login({ tenant: tenant.slug, ...body }))).toEqual({
        status: 400,
        code: 'request.invalid',
      });
    });

    it('asks for a tenant, knows which there are, and serves active ones only', async () => {
      const suspended = await make.createTenant({ status: 'SUSPENDED' });
      const credentials = { identifier: user.email, password: PASSWORD };

      expect(problemOf(await login(credentials))).toEqual({ status: 400, code: 'tenant.required' });
      expect(problemOf(await login({ ...credentials, tenant: uniqueName('none') }))).toEqual({
        status: 404,
        code: 'tenant.not_found',
      });
      expect(problemOf(await login({ ...credentials, tenant: suspended.slug }))).toEqual({
        status: 403,
        code: 'tenant.not_active',
      });
    });

    it('locks a name after five failures, known or not, in that tenant only', async () => {
      const victim = await make.createUser(tenant, { password: PASSWORD });
      const namesake = await make.createUser(await make.createTenant(), { email: victim.email, password: PASSWORD });
      for (const identifier of [victim.email, `${uniqueName('nobody')}@example.test`]) {
        const guess = () => login({ tenant: tenant.slug, identifier, password: 'wrong password' });
        for (let n = 0; n < 5; n++) expect(problemOf(await guess())).toEqual(INVALID);

        const locked = await login({ tenant: tenant.slug, identifier, password: PASSWORD });
        expect(problemOf(locked)).toEqual({ status: 429, code: 'auth.locked' });
        expect(Number(locked.headers['retry-after'])).toBeGreaterThan(290);
        expect(Number(locked.headers['retry-after'])).toBeLessThanOrEqual(300);
      }
      await signIn(namesake);
      await login({ tenant: tenant.slug, identifier: victim.username, password: PASSWORD }).expect(200);
    });

    it('unlocks by itself, and then counts anew', async () => {
      const victim = await make.createUser(tenant, { password: PASSWORD });
      const guess = () => login({ tenant: tenant.slug, identifier: victim.email, password: 'wrong password' });
      for (let n = 0; n < 5; n++) await guess();
      expect((await guess()).status).toBe(429);

      const prisma = test.app.get(PrismaService);
      await make.inTenant(
        tenant,
        () =>
          prisma.$executeRaw`UPDATE login_attempts SET locked_until = now() - interval '1 second' WHERE locked_until IS NOT NULL`,
      );

      expect(problemOf(await guess())).toEqual(INVALID);
      await login({ tenant: tenant.slug, identifier: victim.email, password: PASSWORD }).expect(200);
    });

    it('forgets failures that are older than fifteen minutes', async () => {
      const victim = await make.createUser(tenant, { password: PASSWORD });
      const guess = () => login({ tenant: tenant.slug, identifier: victim.email, password: 'wrong password' });
      for (let n = 0; n < 4; n++) await guess();
      const prisma = test.app.get(PrismaService);
      await make.inTenant(
        tenant,
        () =>
          prisma.$executeRaw`UPDATE login_attempts SET window_started_at = now() - interval '16 minutes' WHERE failures = 4`,
      );
      await guess();
      await guess();
      await login({ tenant: tenant.slug, identifier: victim.email, password: PASSWORD }).expect(200);
    });

    it('lets at most five of many simultaneous guesses through', async () => {
      const victim = await make.createUser(tenant, { password: PASSWORD });
      const guesses = Array.from({ length: 12 }, (_, n) =>
        login({ tenant: tenant.slug, identifier: victim.email, password: `guess number ${n}` }),
      );
      const statuses = (await Promise.all(guesses)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    });

    it('notes the sign-in', async () => {
      const fresh = await make.createUser(tenant, { password: PASSWORD });
      await signIn(fresh);
      const response = await login({ tenant: tenant.slug, identifier: fresh.email, password: PASSWORD });
      expect(response.body.user.lastLoginAt).not.toBeNull();
    });
  });

  describe('access tokens', () => {
    /** Claims of a session, signed like the application does but for what the test changes. */
    const sign = (claims: object, { key, kid, alg = 'HS256', exp = '5m' }: Partial<Record<string, string>> = {}) => {
      const [ownKid = '', ownKey = ''] = test.config.TOKEN_SIGNING_KEYS.split(':');
      return new SignJWT({ sid: randomUUID(), tid: tenant.id, ...claims })
        .setProtectedHeader({ alg, kid: kid ?? ownKid })
        .setIssuedAt()
        .setIssuer('tenantry')
        .setAudience('tenantry:tenant')
        .setSubject(user.id)
        .setExpirationTime(exp)
        .sign(createSecretKey(key ?? ownKey, 'base64'));
    };

    it('are refused when forged, expired, of another algorithm, or for no session', async () => {
      const otherKey = Buffer.alloc(32, 1).toString('base64');
      const longKey = Buffer.alloc(64, 1).toString('base64');
      const sid = JSON.parse(Buffer.from((await signIn()).accessToken.split('.')[1]!, 'base64url').toString()).sid;
      const unsigned = `${Buffer.from('{"alg":"none","kid":"test"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sid })).toString('base64url')}.`;
      const tokens = [
        await sign({ sid }, { key: otherKey }),
        await sign({ sid }, { kid: 'unknown' }),
        await sign({ sid }, { alg: 'HS512', key: longKey }),
        await sign({ sid }, { exp: '-10s' }),
        await sign({ sid: 'no uuid' }),
        await sign({ sid, tid: undefined }),
        await sign({}),
        unsigned,
        'x'.repeat(5000),
      ];
      await me(await sign({ sid })).expect(200);
      for (const token of tokens) {
        expect(problemOf(await me(token))).toEqual({ status: 401, code: 'auth.unauthenticated' });
      }
    });

    it('verify with an older key of the ring and are signed with the first', async () => {
      const newer = Buffer.alloc(32, 7).toString('base64');
      const rotated = await createTestApp({ TOKEN_SIGNING_KEYS: `next:${newer},${test.config.TOKEN_SIGNING_KEYS}` });
      try {
        const signedBefore = (await signIn()).accessToken;
        await rotated.http.get('/api/v1/auth/me').set('Authorization', `Bearer ${signedBefore}`).expect(200);
        const response = await rotated.http
          .post('/api/v1/auth/login')
          .send({ tenant: tenant.slug, identifier: user.email, password: PASSWORD });
        const header = JSON.parse(Buffer.from(response.body.accessToken.split('.')[0], 'base64url').toString());
        expect(header).toEqual({ alg: 'HS256', kid: 'next' });
      } finally {
        await rotated.close();
      }
    });

    it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'garbage', ''])('are not read out of %p', async (value) => {
      const response = await test.http.get('/api/v1/auth/me').set('Authorization', value);
      expect(problemOf(response)).toEqual({ status: 401, code: 'auth.unauthenticated' });
      expect(response.headers['www-authenticate']).toMatch(/^Bearer /);
    });
  });

  describe('GET /auth/me', () => {
    it('tells who, where, and what one may do', async () => {
      const { body } = await me(await make.tokenFor(user)).expect(200);
      expect(body).toMatchObject({
        kind: 'user',
        user: { id: user.id, email: user.email, role: 'manager' },
        platformAdmin: null,
        tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name, status: 'ACTIVE' },
      });
      expect(body.permissions).toEqual([...body.permissions].sort());
      expect(body.permissions).toContain('user:read');
      expect(body.permissions).not.toContain('user:create');
    });
  });

  it('limits attempts from one address', async () => {
    const limited = await createTestApp({
      RATE_LIMIT_USER_PER_MINUTE: '1000' as never,
      RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: '2' as never,
    });
    try {
      const attempt = () =>
        limited.http
          .post('/api/v1/auth/login')
          .send({ tenant: uniqueName('none'), identifier: 'ada', password: PASSWORD });
      const statuses = [];
      for (let n = 0; n < 5; n++) statuses.push((await attempt()).status);
      // The minute may turn over in between, once.
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
      expect(statuses.slice(0, 2)).toEqual([404, 404]);
    } finally {
      await limited.close();
    }
  });
});
