import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { problemOf } from '../support/contract.js';
import { factories, type Factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import type { TestUser } from '../support/factories/users.js';
import { uniqueName } from '../support/unique-name.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';
const BASE_DOMAIN = 'tenantry.test';
const MISMATCH = { status: 403, code: 'tenant.mismatch' };
const NOT_FOUND = { status: 404, code: 'tenant.not_found' };
const NOT_ACTIVE = { status: 403, code: 'tenant.not_active' };

type Headers = Record<string, string>;

describe('the tenant of a request', () => {
  let test: TestApp;
  let make: Factories;
  let tenant: TestTenant;
  let other: TestTenant;
  let suspended: TestTenant;
  let user: TestUser;
  let platform: string;

  beforeAll(async () => {
    test = await createTestApp({ BASE_DOMAIN });
    make = factories(test.app);
    const domain = () => `${uniqueName('shop')}.example`;
    tenant = await make.createTenant({ domain: domain() });
    other = await make.createTenant({ domain: domain() });
    suspended = await make.createTenant({ domain: domain(), status: 'SUSPENDED' });
    // The same person with the same password in two tenants: only the tenant tells which one signs in.
    user = await make.createUser(tenant, { password: PASSWORD });
    await make.createUser(other, { password: PASSWORD, username: user.username, email: user.email });
    platform = await make.platformToken();
  });
  afterAll(() => test.close());

  const login = (headers: Headers, { path = '/api/v1', body = {} }: { path?: string; body?: object } = {}) =>
    test.http
      .post(`${path}/auth/login`)
      .set(headers)
      .send({ identifier: user.email, password: PASSWORD, ...body });
  const me = (token: string, headers: Headers, path = '/api/v1') =>
    test.http.get(`${path}/auth/me`).set({ Authorization: `Bearer ${token}`, ...headers });
  /** The tenant somebody signed in to. */
  const tenantOf = async (response: Response): Promise<string> => {
    expect(response.status).toBe(200);
    const { body } = await me(response.body.accessToken, {}).expect(200);
    return body.tenant.id;
  };

  /** All ways to name one, the most important first. */
  const WAYS: [string, (named: TestTenant) => { headers: Headers; path?: string }][] = [
    ['X-Tenant-ID', ({ id }) => ({ headers: { 'X-Tenant-ID': id } })],
    ['X-Tenant-Slug', ({ slug }) => ({ headers: { 'X-Tenant-Slug': slug } })],
    ['the path with a slug', ({ slug }) => ({ headers: {}, path: `/api/v1/t/${slug}` })],
    ['the path with a domain', ({ domain }) => ({ headers: {}, path: `/api/v1/t/${domain}` })],
    ['a host below the base domain', ({ slug }) => ({ headers: { Host: `${slug}.${BASE_DOMAIN}:8080` } })],
    ['its own host', ({ domain }) => ({ headers: { Host: domain! } })],
  ];

  describe.each(WAYS)('by %s', (_, way) => {
    it('is where people sign in', async () => {
      const { headers, path } = way(other);
      expect(await tenantOf(await login(headers, { path }))).toBe(other.id);
    });

    it('is where platform admins act', async () => {
      const { headers, path } = way(other);
      const { body } = await me(platform, headers, path).expect(200);
      expect(body.tenant.id).toBe(other.id);
    });

    it('may repeat what the token says', async () => {
      const { headers, path } = way(tenant);
      await me(await make.tokenFor(user), headers, path).expect(200);
    });

    it('must not contradict the token, not even on public routes', async () => {
      const { headers, path } = way(other);
      const token = await make.tokenFor(user);
      expect(problemOf(await me(token, headers, path))).toEqual(MISMATCH);
      expect(problemOf(await login({ ...headers, Authorization: `Bearer ${token}` }, { path }))).toEqual(MISMATCH);
    });

    it('must not contradict the body', async () => {
      const { headers, path } = way(tenant);
      for (const name of [other.id, other.slug, other.domain]) {
        expect(problemOf(await login(headers, { path, body: { tenant: name } }))).toEqual(MISMATCH);
      }
      await login(headers, { path, body: { tenant: tenant.slug } }).expect(200);
    });

    it('must be active', async () => {
      const { headers, path } = way(suspended);
      expect(problemOf(await login(headers, { path }))).toEqual(NOT_ACTIVE);
      expect(problemOf(await me(platform, headers, path))).toEqual(NOT_ACTIVE);
    });

    it('asks for a credential all the same', async () => {
      const { headers, path } = way(tenant);
      const response = await test.http.get(`${path ?? '/api/v1'}/auth/me`).set(headers);
      expect(problemOf(response)).toEqual({ status: 401, code: 'auth.unauthenticated' });
    });
  });

  it('is one for a platform admin: what contradicts is refused as everybody else is', async () => {
    const ways = WAYS.map(([, way]) => way);
    const unknown = { 'X-Tenant-Slug': uniqueName('none') };
    for (const [position, first] of ways.entries()) {
      for (const later of ways.slice(position + 1)) {
        const [one, two] = [first(other), later(tenant)];
        if ((one.path && two.path) || (one.headers['Host'] && two.headers['Host'])) continue;
        const [headers, path] = [{ ...two.headers, ...one.headers }, one.path ?? two.path];
        expect(problemOf(await me(platform, headers, path))).toEqual(MISMATCH);
        const [again, samePath] = [later(other), one.path ?? later(other).path];
        await me(platform, { ...again.headers, ...one.headers }, samePath).expect(200);
      }
    }
    expect(problemOf(await me(platform, { ...unknown, 'X-Tenant-ID': other.id }))).toEqual(MISMATCH);
    await me(platform, { Host: 'api.example.org', 'X-Tenant-ID': other.id }).expect(200);
  });

  it('is named by the first of several ways before anybody has signed in', async () => {
    const ways = WAYS.map(([, way]) => way);
    for (const [position, first] of ways.entries()) {
      for (const later of ways.slice(position + 1)) {
        const [one, two] = [first(other), later(tenant)];
        // Two hosts, or two paths, cannot be sent at once; and the two headers have names of their own.
        if ((one.path && two.path) || (one.headers['Host'] && two.headers['Host'])) continue;
        const response = await login({ ...two.headers, ...one.headers }, { path: one.path ?? two.path });
        expect(await tenantOf(response)).toBe(other.id);
      }
    }
  });

  it('must exist where it is named', async () => {
    const slug = uniqueName('none');
    const ways: { headers: Headers; path?: string }[] = [
      { headers: { 'X-Tenant-ID': randomUUID() } },
      { headers: { 'X-Tenant-Slug': slug } },
      { headers: {}, path: `/api/v1/t/${slug}` },
      { headers: {}, path: `/api/v1/t/${slug}.example` },
      { headers: {}, path: '/api/v1/t/%20' },
      { headers: {}, path: '/api/v1/t/%00' },
      { headers: {}, path: `/api/v1/t/${'x'.repeat(5000)}` },
    ];
    const token = await make.tokenFor(user);
    for (const { headers, path } of ways) {
      expect(problemOf(await login(headers, { path }))).toEqual(NOT_FOUND);
      expect(problemOf(await me(platform, headers, path))).toEqual(NOT_FOUND);
      // Somebody who has a tenant does not learn which others there are.
      expect(problemOf(await me(token, headers, path))).toEqual(MISMATCH);
    }
  });

  it.each([
    ['X-Tenant-ID', 'acme-corp'],
    ['X-Tenant-ID', ''],
    ['X-Tenant-ID', `${randomUUID()}, ${randomUUID()}`],
    ['X-Tenant-ID', "' OR true --"],
    ['X-Tenant-Slug', 'two words'],
    ['X-Tenant-Slug', 'shop.example'],
    ['X-Tenant-Slug', 'x'],
    ['X-Tenant-Slug', 'x'.repeat(5000)],
  ])('is refused when %s is %p', async (header, value) => {
    const response = await login({ [header]: value });
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    expect(response.body.errors).toEqual([expect.objectContaining({ pointer: header })]);
    expect((await me(await make.tokenFor(user), { [header]: value })).status).toBe(400);
  });

  it.each([
    'localhost',
    '127.0.0.1:3000',
    '[::1]:3000',
    BASE_DOMAIN,
    `www.${BASE_DOMAIN}`,
    `a.b.${BASE_DOMAIN}`,
    `x.${BASE_DOMAIN}`,
    'api.example.org',
    'under_score.example',
    `${'x'.repeat(300)}.example`,
  ])('is not named by the host %s', async (host) => {
    expect(problemOf(await login({ Host: host }))).toEqual({ status: 400, code: 'tenant.required' });
    await me(await make.tokenFor(user), { Host: host }).expect(200);
  });

  it('is named by a host in capitals and with a trailing dot', async () => {
    expect(await tenantOf(await login({ Host: `${other.slug.toUpperCase()}.Tenantry.TEST.` }))).toBe(other.id);
  });

  it('is not named by X-Forwarded-Host without a trusted proxy', async () => {
    const headers = { Host: 'localhost', 'X-Forwarded-Host': other.domain! };
    expect(problemOf(await login(headers))).toEqual({ status: 400, code: 'tenant.required' });
  });

  it('is named by X-Forwarded-Host behind a trusted proxy', async () => {
    const behindProxy = await createTestApp({ BASE_DOMAIN, TRUST_PROXY: '1' });
    try {
      const response = await behindProxy.http
        .post('/api/v1/auth/login')
        .set({ Host: 'internal', 'X-Forwarded-Host': other.domain!, 'X-Forwarded-For': '192.0.2.1' })
        .send({ identifier: user.email, password: PASSWORD });
      expect(await tenantOf(response)).toBe(other.id);
    } finally {
      await behindProxy.close();
    }
  });

  it('is that of the refresh token, and nothing may disagree', async () => {
    const { body } = await login({ 'X-Tenant-ID': tenant.id });
    const refresh = (headers: Headers, path = '/api/v1') =>
      test.http.post(`${path}/auth/refresh`).set(headers).send({ refreshToken: body.refreshToken });
    expect(problemOf(await refresh({ 'X-Tenant-ID': other.id }))).toEqual(MISMATCH);
    expect(problemOf(await refresh({}, `/api/v1/t/${other.slug}`))).toEqual(MISMATCH);
    await refresh({}, `/api/v1/t/${tenant.slug}`).expect(200);
  });

  it('never shows another one: two hundred pairs of simultaneous requests keep apart', async () => {
    const tokens = await Promise.all([make.tokenFor(tenant.owner), make.tokenFor(other.owner)]);
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          test.http.get('/api/v1/users').set('Authorization', `Bearer ${tokens[n % 2]}`),
        ),
      );
      for (const [n, { body }] of answers.entries()) {
        const ids = (body.data as { id: string }[]).map(({ id }) => id);
        expect(ids).toContain([tenant, other][n % 2]!.owner.id);
        expect(ids).not.toContain([tenant, other][(n + 1) % 2]!.owner.id);
      }
    }
  });
});
