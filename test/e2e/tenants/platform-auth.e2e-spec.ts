import { PlatformAdminsService } from '../../../src/modules/tenants/platform-admins/platform-admins.service.js';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { factories, type Factories } from '../../support/factories.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const PASSWORD = 'correct horse battery';
const INVALID = { status: 401, code: 'auth.invalid_credentials' };
const ENDED = { status: 401, code: 'auth.invalid_refresh_token' };
const FORBIDDEN = { status: 403, code: 'auth.forbidden' };

describe('platform admins', () => {
  let test: TestApp;
  let make: Factories;
  let email: string;

  beforeAll(async () => {
    test = await createTestApp();
    make = factories(test.app);
    email = await newAdmin();
  });
  afterAll(() => test.close());

  const newAdmin = async (): Promise<string> => {
    const address = `${uniqueName('admin')}@example.test`;
    expect(await test.app.get(PlatformAdminsService).ensure(address, PASSWORD)).toBe(true);
    return address;
  };
  const login = (body: object) => test.http.post('/api/v1/platform/auth/login').send(body);
  const signIn = async (as = email) =>
    (await login({ email: as, password: PASSWORD }).expect(200)).body as { accessToken: string; refreshToken: string };
  const refresh = (refreshToken: string) => test.http.post('/api/v1/platform/auth/refresh').send({ refreshToken });
  const get = (path: string, token: string, headers: object = {}) =>
    test.http.get(`/api/v1${path}`).set({ Authorization: `Bearer ${token}`, ...headers });

  it('sign in with e-mail and password, outside any tenant', async () => {
    const response = await login({ email: email.toUpperCase(), password: PASSWORD });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^platform_[\w-]{43}$/),
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    await get('/platform/tenants', response.body.accessToken).expect(200);
  });

  it('get one answer for a wrong password and an unknown address', async () => {
    expect(problemOf(await login({ email, password: 'wrong password' }))).toEqual(INVALID);
    expect(problemOf(await login({ email: 'nobody@example.test', password: PASSWORD }))).toEqual(INVALID);
    expect(problemOf(await login({ email }))).toEqual({ status: 400, code: 'request.invalid' });
    expect(problemOf(await login({ email, password: PASSWORD, tenant: 'x' }))).toEqual({
      status: 400,
      code: 'request.invalid',
    });
  });

  it.each(['known', 'unknown'])('are locked after five failures when the address is %s', async (kind) => {
    const address = kind === 'known' ? await newAdmin() : `${uniqueName('nobody')}@example.test`;
    for (let n = 0; n < 5; n++) {
      expect(problemOf(await login({ email: address, password: 'wrong password' }))).toEqual(INVALID);
    }
    const locked = await login({ email: address, password: PASSWORD });
    expect(problemOf(locked)).toEqual({ status: 429, code: 'auth.locked' });
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(290);
  });

  it('refresh under the same rules as users', async () => {
    const first = await signIn();
    const second = (await refresh(first.refreshToken).expect(200)).body;
    await get('/platform/tenants', second.accessToken).expect(200);

    const siblings = [second];
    for (let n = 0; n < 5; n++) siblings.push((await refresh(first.refreshToken).expect(200)).body);
    expect(problemOf(await refresh(first.refreshToken))).toEqual(ENDED);
    for (const { accessToken } of siblings) await get('/platform/tenants', accessToken).expect(200);

    await test.app.get(PlatformPrismaService).$executeRaw`
      UPDATE platform_sessions SET replaced_at = replaced_at - ${test.config.REFRESH_GRACE_MS}::int * interval '1 millisecond'
      WHERE replaced_at IS NOT NULL`;
    expect(problemOf(await refresh(first.refreshToken))).toEqual(ENDED);
    for (const { accessToken, refreshToken } of siblings) {
      expect(problemOf(await refresh(refreshToken))).toEqual(ENDED);
      expect((await get('/platform/tenants', accessToken)).status).toBe(401);
    }

    const { refreshToken } = await signIn();
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ended = (await refresh(refreshToken).expect(200)).body;
    await test.http.post('/api/v1/platform/auth/logout').send({ refreshToken: ended.refreshToken }).expect(204);
    expect(problemOf(await refresh(refreshToken))).toEqual(ENDED);
    expect(problemOf(await refresh('garbage'))).toEqual(ENDED);
  });

  it('sign out with either token', async () => {
    const [one, two] = [await signIn(), await signIn()];
    await test.http.post('/api/v1/platform/auth/logout').set('Authorization', `Bearer ${one.accessToken}`).expect(204);
    await test.http.post('/api/v1/platform/auth/logout').send({ refreshToken: two.refreshToken }).expect(204);
    for (const { accessToken } of [one, two]) expect((await get('/platform/tenants', accessToken)).status).toBe(401);
    expect(problemOf(await test.http.post('/api/v1/platform/auth/logout'))).toEqual({
      status: 401,
      code: 'auth.unauthenticated',
    });
  });

  it('are not signed out as users, nor users as platform admins', async () => {
    const { accessToken } = await signIn();
    const user = await make.tokenFor((await make.createTenant()).owner);
    const out = (path: string, token: string) => test.http.post(path).set('Authorization', `Bearer ${token}`);
    expect((await out('/api/v1/auth/logout', accessToken)).status).toBe(401);
    expect((await out('/api/v1/platform/auth/logout', user)).status).toBe(401);
    await get('/platform/tenants', accessToken).expect(200);
  });

  it('name the tenant they act in', async () => {
    const { accessToken } = await signIn();
    expect(problemOf(await get('/users', accessToken))).toEqual({ status: 400, code: 'tenant.required' });
  });

  it('act inside a tenant with all of its owner but what is personal', async () => {
    const tenant = await make.createTenant();
    const { accessToken } = await signIn();
    const inside = { 'X-Tenant-ID': tenant.id };

    const users = await get('/users', accessToken, inside).expect(200);
    expect(users.body.data.map(({ id }: { id: string }) => id)).toEqual([tenant.owner.id]);
    const { body } = await get('/auth/me', accessToken, { 'X-Tenant-Slug': tenant.slug }).expect(200);
    expect(body).toMatchObject({ kind: 'platform', user: null, platformAdmin: { email }, tenant: { id: tenant.id } });
    for (const path of ['/api-keys', '/auth/sessions']) {
      expect(problemOf(await get(path, accessToken, inside))).toEqual(FORBIDDEN);
    }
    expect((await make.auditEntries(tenant)).map(({ actorKind }) => actorKind)).toContain('platform');
  });

  it('are kept out of tenants that are not active, but not from managing them', async () => {
    const suspended = await make.createTenant({ status: 'SUSPENDED' });
    const { accessToken } = await signIn();
    const inside = { 'X-Tenant-ID': suspended.id };
    expect(problemOf(await get('/users', accessToken, inside))).toEqual({ status: 403, code: 'tenant.not_active' });
    await get(`/platform/tenants/${suspended.id}`, accessToken, inside).expect(200);
  });

  it('hold what no user of a tenant can', async () => {
    const owner = await make.tokenFor((await make.createTenant()).owner);
    expect(problemOf(await get('/platform/tenants', owner))).toEqual(FORBIDDEN);
  });

  it('lose everything when they are deleted', async () => {
    const address = await newAdmin();
    const { accessToken, refreshToken } = await signIn(address);
    await get('/platform/tenants', accessToken).expect(200);
    await test.app.get(PlatformPrismaService).platformAdmin.deleteMany({ where: { email: address } });
    // Nobody calls `forget…` for this: the notification of the database does it.
    const status = await eventually(
      async () => (await get('/platform/tenants', accessToken)).status,
      (answer) => answer !== 200,
    );
    expect(status).toBe(401);
    expect(problemOf(await refresh(refreshToken))).toEqual(ENDED);
  });

  it('are made once under an address', async () => {
    const address = `${uniqueName('admin')}@example.test`;
    const admins = test.app.get(PlatformAdminsService);
    const made = await Promise.all([1, 2, 3].map((n) => admins.ensure(address, `${PASSWORD} ${n}`)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await admins.ensure(address.toUpperCase(), 'another password')).toBe(false);
  });
});
