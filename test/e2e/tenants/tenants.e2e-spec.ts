import { describeContract, problemOf } from '../../support/contract.js';
import { type Factories, factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

let test: TestApp;
let make: Factories;
let platform: string;
let world: TenantWorld;

beforeAll(async () => {
  test = await createTestApp({ BASE_DOMAIN: 'tenantry.test' });
  make = factories(test.app);
  world = await TenantWorld.create(test);
  platform = await world.platformToken();
});

afterAll(() => test.close());

const REGISTRY = '/api/v1/platform/tenants';
const asPlatform = { Authorization: '' };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

beforeAll(() => void (asPlatform.Authorization = `Bearer ${platform}`));

const get = (path: string, headers: Record<string, string> = asPlatform) => test.http.get(path).set(headers);
const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
  test.http
    .patch(`${REGISTRY}/${id}`)
    .set({ ...asPlatform, ...headers })
    .send(body);

describe('The registry of tenants', () => {
  describeContract(() => world, {
    'GET /platform/tenants': { allow: 'platform', invalidQueries: ['limit=101', 'status=odd', 'plan=odd', 'sort=odd'] },
    'POST /platform/tenants': {
      allow: 'platform',
      body: { slug: 'contract', name: 'Contract', ownerEmail: 'owner@example.test' },
      invalidBodies: { 'no slug': { name: 'Contract', ownerEmail: 'owner@example.test' } },
    },
    'GET /platform/tenants/:id': { allow: 'platform' },
    'PATCH /platform/tenants/:id': {
      allow: 'platform',
      body: { plan: 'basic' },
      invalidBodies: { 'an unknown plan': { plan: 'odd' } },
    },
    'DELETE /platform/tenants/:id': { allow: 'platform' },
    'POST /platform/tenants/:id/activate': { allow: 'platform' },
    'POST /platform/tenants/:id/restore': { allow: 'platform' },
    'POST /platform/tenants/:id/suspend': { allow: 'platform' },
  });

  it('is for platform admins alone', async () => {
    const tenant = await make.createTenant();
    const owner = bearer(await make.tokenFor(tenant.owner));
    expect(problemOf(await get(REGISTRY, {}))).toEqual({ status: 401, code: 'auth.unauthenticated' });
    for (const path of [REGISTRY, `${REGISTRY}/${tenant.id}`]) {
      expect(problemOf(await get(path, owner))).toEqual({ status: 403, code: 'auth.forbidden' });
    }
    const attempts = [
      test.http.patch(`${REGISTRY}/${tenant.id}`).send({ plan: 'enterprise' }),
      test.http.delete(`${REGISTRY}/${tenant.id}`),
      test.http.post(REGISTRY).send({ slug: uniqueName('x'), name: uniqueName('X'), ownerEmail: 'a@b.test' }),
      ...['suspend', 'activate', 'restore'].map((verb) => test.http.post(`${REGISTRY}/${tenant.id}/${verb}`)),
    ];
    for (const attempt of attempts) {
      expect(problemOf(await attempt.set(owner))).toEqual({ status: 403, code: 'auth.forbidden' });
    }
  });

  it('shows a tenant with everything the platform knows of it', async () => {
    const tenant = await make.createTenant({
      plan: 'professional',
      quota: { users: 7 },
      domain: `${uniqueName('d')}.test`,
    });
    const response = await get(`${REGISTRY}/${tenant.id}`);
    expect(response.status).toBe(200);
    expect(response.headers['etag']).toBe(`"${tenant.id}.1"`);
    expect(response.body).toEqual({
      id: tenant.id,
      slug: tenant.slug,
      name: tenant.name,
      domain: tenant.domain,
      schemaName: `tenant_${tenant.slug.replaceAll('-', '_')}`,
      status: 'ACTIVE',
      isActive: true,
      plan: 'professional',
      settings: {},
      theme: {},
      metadata: {},
      quota: { users: 7 },
      adminEmail: null,
      billingEmail: null,
      dataRegion: 'eu',
      defaultLocale: 'en',
      deletionScheduledAt: null,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
  });

  it('answers 404 for an unknown id and 400 for one that is no uuid', async () => {
    expect(problemOf(await get(`${REGISTRY}/0198c0de-0000-7000-8000-0000000000ff`))).toEqual({
      status: 404,
      code: 'tenant.not_found',
    });
    expect(problemOf(await get(`${REGISTRY}/acme`))).toEqual({ status: 400, code: 'request.invalid' });
  });
});

describe('The list of tenants', () => {
  let marker: string;
  let tenants: TestTenant[];

  beforeAll(async () => {
    marker = uniqueName('zz');
    tenants = [
      await make.createTenant({ plan: 'basic', domain: `a.${marker}.test` }),
      await make.createTenant({ plan: 'professional', status: 'SUSPENDED', domain: `b.${marker}.test` }),
      await make.createTenant({ plan: 'basic', domain: `c.${marker}.test` }),
    ];
  });

  const slugsOf = ({ body }: { body: { data: { slug: string }[] } }) => body.data.map(({ slug }) => slug);
  const list = (query: string) => get(`${REGISTRY}?search=${marker}&${query}`);

  it('is paged', async () => {
    const first = await list('limit=2&sort=createdAt');
    expect(first.body.meta).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2, hasNext: true, hasPrev: false });
    const second = await list('limit=2&page=2&sort=createdAt');
    expect(second.body.meta).toMatchObject({ page: 2, hasNext: false, hasPrev: true });
    expect([...slugsOf(first), ...slugsOf(second)]).toEqual(tenants.map(({ slug }) => slug));
  });

  it('begins with the newest unless asked otherwise', async () => {
    expect(slugsOf(await list(''))).toEqual(tenants.map(({ slug }) => slug).reverse());
    expect(slugsOf(await list('sort=-plan,slug'))[0]).toBe(tenants[1]!.slug);
  });

  it('is filtered by status and plan, by its other name as well', async () => {
    expect(slugsOf(await list('status=SUSPENDED'))).toEqual([tenants[1]!.slug]);
    expect(slugsOf(await list('plan=pro'))).toEqual([tenants[1]!.slug]);
    expect(slugsOf(await list('plan=basic&status=SUSPENDED'))).toEqual([]);
  });

  it('is searched by slug, name and domain, literally', async () => {
    expect(slugsOf(await get(`${REGISTRY}?search=${tenants[0]!.slug.toUpperCase()}`))).toEqual([tenants[0]!.slug]);
    expect(slugsOf(await get(`${REGISTRY}?search=${encodeURIComponent(`a.${marker} tenant`)}`))).toEqual([
      tenants[0]!.slug,
    ]);
    expect(slugsOf(await get(`${REGISTRY}?search=${encodeURIComponent(`%${marker}`)}`))).toEqual([]);
    expect(slugsOf(await get(`${REGISTRY}?search=${encodeURIComponent(marker.replace('-', '_'))}`))).toEqual([]);
  });

  it('keeps settings whatever their keys are', async () => {
    const { id } = await make.createTenant();
    const text = '{"toString":"x","constructor":{"b":{}}}';
    const response = await patch(id, { settings: JSON.parse(text) as object });
    expect(JSON.stringify(response.body.settings)).toBe(text);
  });

  it.each(['limit=101', 'limit=0', 'page=0', 'page=x', 'status=active', 'plan=gold', 'sort=settings', 'colour=red'])(
    'refuses ?%s',
    async (query) => {
      expect(problemOf(await get(`${REGISTRY}?${query}`))).toEqual({ status: 400, code: 'request.invalid' });
    },
  );
});

describe('Changing a tenant of the registry', () => {
  it('changes what is given, merges the free objects and leaves the rest', async () => {
    const tenant = await make.createTenant({ plan: 'basic', settings: { a: { b: 1, c: 2 }, d: 3 } });
    const domain = `${uniqueName('d')}.test`;
    const response = await patch(tenant.id, {
      name: ` ${tenant.name}! `,
      domain: domain.toUpperCase(),
      plan: 'pro',
      settings: { a: { b: null, e: [1] } },
      quota: { users: 3 },
      billingEmail: 'Billing@Acme.test',
    });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      name: `${tenant.name}!`,
      slug: tenant.slug,
      domain,
      plan: 'professional',
      settings: { a: { c: 2, e: [1] }, d: 3 },
      quota: { users: 3 },
      billingEmail: 'billing@acme.test',
      version: 2,
    });
    expect(response.headers['etag']).toBe(`"${tenant.id}.2"`);
  });

  it('clears what is null', async () => {
    const tenant = await make.createTenant({
      domain: `${uniqueName('d')}.test`,
      settings: { a: 1 },
      quota: { users: 1 },
    });
    const response = await patch(tenant.id, { domain: null, settings: null, quota: { users: null } });
    expect(response.body).toMatchObject({ domain: null, settings: {}, quota: {} });
  });

  it('changes nothing, not even the version, when nothing is given', async () => {
    const tenant = await make.createTenant();
    expect((await patch(tenant.id, {})).body.version).toBe(1);
  });

  it('names what is taken', async () => {
    const other = await make.createTenant({ domain: `${uniqueName('d')}.test` });
    const tenant = await make.createTenant();
    expect(problemOf(await patch(tenant.id, { name: other.name }))).toEqual({ status: 409, code: 'tenant.name_taken' });
    expect(problemOf(await patch(tenant.id, { domain: other.domain }))).toEqual({
      status: 409,
      code: 'tenant.domain_taken',
    });
    expect((await get(`${REGISTRY}/${tenant.id}`)).body.version).toBe(1);
    expect(await make.auditEntries(tenant)).toEqual([]);
  });

  it.each([
    [{ status: 'ACTIVE' }, '/status'],
    [{ slug: 'another-slug' }, '/slug'],
    [{ name: null }, '/name'],
    [{ name: '' }, '/name'],
    [{ name: 'two\nlines' }, '/name'],
    [{ domain: 'nodot' }, '/domain'],
    [{ domain: '127.0.0.1' }, '/domain'],
    [{ domain: 'other.tenantry.test' }, '/domain'],
    [{ plan: 'gold' }, '/plan'],
    [{ plan: null }, '/plan'],
    [{ settings: [1] }, '/settings'],
    [{ settings: { text: 'x'.repeat(65_536) } }, '/settings'],
    [{ quota: { users: -1 } }, '/quota'],
    [{ quota: { users: 1.5 } }, '/quota'],
    [{ adminEmail: 'nobody' }, '/adminEmail'],
  ])('refuses %j', async (body, pointer) => {
    const tenant = await make.createTenant();
    const response = await patch(tenant.id, body);
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    expect(new Set(response.body.errors.map((error: { pointer: string }) => error.pointer))).toEqual(
      new Set([pointer]),
    );
  });

  it('refuses settings that grow beyond 64 KiB by merging', async () => {
    const tenant = await make.createTenant({ settings: { old: 'x'.repeat(40_000) } });
    expect(problemOf(await patch(tenant.id, { settings: { added: 'x'.repeat(40_000) } }))).toEqual({
      status: 422,
      code: 'tenant.settings_too_large',
    });
  });

  it('refuses a stale If-Match before it looks at the body', async () => {
    const tenant = await make.createTenant();
    const stale = { 'If-Match': `"${tenant.id}.9"` };
    expect(problemOf(await patch(tenant.id, { plan: 'basic' }, stale))).toMatchObject({ status: 412 });
    expect(problemOf(await patch(tenant.id, { plan: 'gold' }, stale))).toMatchObject({ status: 412 });
    expect((await patch(tenant.id, { plan: 'basic' }, { 'If-Match': `"${tenant.id}.1"` })).status).toBe(200);
  });

  it('loses none of twenty changes made at once', async () => {
    const tenant = await make.createTenant();
    const changes = Array.from({ length: 20 }, (_, n) => patch(tenant.id, { settings: { [`key${n}`]: n } }));
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    const { body } = await get(`${REGISTRY}/${tenant.id}`);
    expect(Object.keys(body.settings)).toHaveLength(20);
    expect(body.version).toBe(21);
  });

  it("is written into the tenant's own audit log", async () => {
    const tenant = await make.createTenant();
    await patch(tenant.id, { plan: 'basic' });
    const entries = await make.auditEntries(tenant);
    expect(entries).toEqual([
      expect.objectContaining({
        action: 'tenant.updated',
        actorKind: 'platform',
        details: { fields: ['plan'], before: { plan: 'enterprise' }, after: { plan: 'basic' } },
      }),
    ]);
  });
});

describe("One's own tenant", () => {
  describeContract(
    () => ({
      http: test.http,
      tokenOf: async (role) => {
        const tenant = await make.createTenant();
        return make.tokenFor(role === 'owner' ? tenant.owner : await make.createUser(tenant, { role }));
      },
    }),
    {
      'GET /tenant': { allow: 'viewer' },
      'GET /tenant/usage': { allow: 'viewer' },
      'PATCH /tenant': {
        allow: 'admin',
        body: { settings: { a: 1 } },
        invalidBodies: {
          'another plan': { plan: 'enterprise' },
          'another slug': { slug: 'somebody-else' },
          'another domain': { domain: 'somebody.test' },
          'a status': { status: 'ACTIVE' },
          'a quota': { quota: { users: 1000 } },
          'no name': { name: null },
          'settings that are a list': { settings: [] },
        },
      },
    },
  );

  it('is shown without what is for the platform', async () => {
    const tenant = await make.createTenant({ quota: { users: 5 } });
    const response = await get('/api/v1/tenant', bearer(await make.tokenFor(tenant.owner)));
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ id: tenant.id, slug: tenant.slug, isActive: true, version: 1 });
    expect(Object.keys(response.body)).not.toEqual(expect.arrayContaining(['quota']));
    expect(Object.keys(response.body)).not.toEqual(expect.arrayContaining(['deletionScheduledAt']));
    const again = await get('/api/v1/tenant', {
      ...bearer(await make.tokenFor(tenant.owner)),
      'If-None-Match': String(response.headers['etag']),
    });
    expect(again.status).toBe(304);
  });

  it('is changed by its admins, and nobody else is', async () => {
    const [mine, other] = [
      await make.createTenant({ settings: { a: 1 } }),
      await make.createTenant({ settings: { a: 1 } }),
    ];
    const admin = await make.createUser(mine, { role: 'admin' });
    const response = await test.http
      .patch('/api/v1/tenant')
      .set(bearer(await make.tokenFor(admin)))
      .send({ name: `${mine.name} & Co`, settings: { b: 2 }, defaultLocale: 'de' });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      name: `${mine.name} & Co`,
      settings: { a: 1, b: 2 },
      defaultLocale: 'de',
      version: 2,
    });
    expect(response.headers['etag']).toBe(`"${mine.id}.2"`);
    expect((await get(`${REGISTRY}/${other.id}`)).body).toMatchObject({
      name: other.name,
      settings: { a: 1 },
      version: 1,
    });
    expect(await make.auditEntries(mine)).toEqual([
      expect.objectContaining({ action: 'tenant.updated', actorKind: 'user', actorId: admin.id }),
    ]);
  });

  it('does not take the name of another tenant', async () => {
    const [mine, other] = [await make.createTenant(), await make.createTenant()];
    const response = await test.http
      .patch('/api/v1/tenant')
      .set(bearer(await make.tokenFor(mine.owner)))
      .send({ name: other.name });
    expect(problemOf(response)).toEqual({ status: 409, code: 'tenant.name_taken' });
  });

  it('refuses a stale If-Match before it looks at the body', async () => {
    const tenant = await make.createTenant();
    const headers = { ...bearer(await make.tokenFor(tenant.owner)), 'If-Match': '"old"' };
    expect((await test.http.patch('/api/v1/tenant').set(headers).send({ name: 'New' })).status).toBe(412);
    expect((await test.http.patch('/api/v1/tenant').set(headers).send({ plan: 'basic' })).status).toBe(412);
  });

  it('tells what it uses, of itself alone', async () => {
    const tenant = await make.createTenant({ plan: 'basic' });
    await make.createUser(tenant, { status: 'INVITED' });
    await make.createUser(tenant, { status: 'SUSPENDED' });
    await make.createUser(tenant);
    await make.createUser(await make.createTenant());
    const usage = async () => (await get('/api/v1/tenant/usage', bearer(await make.tokenFor(tenant.owner)))).body;
    expect(await usage()).toEqual({
      plan: 'basic',
      users: { total: 4, active: 2, invited: 1, deactivated: 1, limit: 10 },
      used: { workflows: 0, scripts: 0, openRuns: 0, apiKeys: 0, emailsPerDay: 0 },
      limits: expect.objectContaining({ users: 10, workflows: 25, apiKeys: 100, apiKeysPerUser: 25 }),
    });
    await patch(tenant.id, { plan: 'custom' });
    expect(await usage()).toMatchObject({ plan: 'custom', users: { limit: null } });
    await patch(tenant.id, { quota: { users: 25 } });
    expect(await usage()).toMatchObject({ users: { limit: 25 } });
  });
});
