import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { mintSecret } from '../../../src/common/auth/secret-token.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const UNAUTHENTICATED = { status: 401, code: 'auth.unauthenticated' };

describe('API keys', () => {
  let test: TestApp;
  let world: TenantWorld;
  let prisma: PrismaService;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
    prisma = test.app.get(PrismaService);
  });
  afterAll(() => test.close());

  const newKey = async (body: object = {}, person = world.as('owner')): Promise<{ id: string; key: string }> => {
    const response = await person.post('/api-keys', { name: 'a program', ...body });
    expect(response.status).toBe(201);
    return response.body as { id: string; key: string };
  };
  const withKey = (key: string, path = '/auth/me'): Promise<Response> =>
    world.nobody().get(path, { 'X-API-Key': key }) as Promise<Response>;
  const rowOf = (id: string) =>
    world.make.inTenant(world.tenant, () => prisma.apiKey.findFirstOrThrow({ where: { id } }));

  const foreignKey = async () => {
    const stranger = await world.newPerson({}, world.other);
    return (await newKey({}, stranger)).id;
  };
  describeContract(() => Object.assign(world, { foreignId: foreignKey }), {
    'GET /api-keys': { allow: 'viewer', invalidQueries: ['limit=101', 'page=0', 'surprise=1'] },
    'POST /api-keys': {
      allow: 'viewer',
      body: { name: 'a program' },
      invalidBodies: {
        'no name': {},
        'an empty name': { name: ' ' },
        'scopes that are no list': { name: 'x', scopes: 'user:read' },
        'a scope that is no permission by its form': { name: 'x', scopes: ['*'] },
        'the same scope twice': { name: 'x', scopes: ['user:read', 'user:read'] },
        'an expiry that is no date': { name: 'x', expiresAt: 'tomorrow' },
        'an expiry that is a week': { name: 'x', expiresAt: '2999-W01' },
        'an expiry on a day that never comes': { name: 'x', expiresAt: '2999-02-30T00:00:00Z' },
        'an expiry that leaves the year 9999 in UTC': { name: 'x', expiresAt: '9999-12-31T23:59:59-12:00' },
        'an expiry that is before the year 1 in UTC': { name: 'x', expiresAt: '0001-01-01T00:00:00+12:00' },
        'an expiry on a day of the year': { name: 'x', expiresAt: '2999-060T00:00:00Z' },
        'an expiry at a time of no zone': { name: 'x', expiresAt: '2999-01-01T00:00:00' },
      },
    },
    'DELETE /api-keys/:id': { allow: 'viewer' },
  });

  it('are shown once, and stored as a hash', async () => {
    const person = await world.newPerson({ role: 'manager' });
    const response = await person.post('/api-keys', { name: 'Nightly export', scopes: ['user:read'] });

    expect(response.status).toBe(201);
    const { key, ...rest } = response.body as { key: string; id: string; prefix: string };
    expect(key).toMatch(new RegExp(`^key_${world.tenant.id.replaceAll('-', '')}_[\\w-]{43}$`));
    expect(rest).toEqual({
      id: expect.any(String),
      name: 'Nightly export',
      prefix: key.slice(37, 43),
      scopes: ['user:read'],
      expiresAt: null,
      lastUsedAt: null,
      createdAt: expect.any(String),
    });
    const list = await person.get('/api-keys');
    expect(list.body).toMatchObject({ data: [rest], meta: { total: 1 } });
    expect(JSON.stringify([list.body, await rowOf(rest.id)])).not.toContain(key.slice(-30));
  });

  it('are not shown again when the request is repeated', async () => {
    const person = await world.newPerson();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await person.post('/api-keys', { name: 'a program' }, headers);
    const second = await person.post('/api-keys', { name: 'a program' }, headers);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toEqual({ ...first.body, key: null });
    expect((await person.get('/api-keys')).body.meta.total).toBe(1);
  });

  it('act as their user, without what is personal', async () => {
    const person = await world.newPerson({ role: 'admin' });
    const { key } = await newKey({}, person);
    const { body } = await withKey(key);

    expect(body).toMatchObject({ kind: 'api_key', user: { id: person.user.id }, tenant: { id: world.tenant.id } });
    const own = (await person.get('/auth/me')).body.permissions as string[];
    const personal = own.filter((name) => !(body.permissions as string[]).includes(name));
    expect(personal).toEqual(
      expect.arrayContaining(['api_key:create', 'api_key:delete', 'api_key:read', 'password:change', 'session:read']),
    );
    expect(body.permissions).toContain('user:create');
    const headers = { 'X-API-Key': key };
    for (const response of [
      await world.nobody().post('/api-keys', { name: 'another' }, headers),
      await world.nobody().get('/api-keys', headers),
      await world.nobody().get('/auth/sessions', headers),
      await world
        .nobody()
        .post('/auth/password/change', { currentPassword: 'x', newPassword: 'x'.repeat(12) }, headers),
    ]) {
      expect(problemOf(response)).toEqual({ status: 403, code: 'auth.forbidden' });
    }
  });

  it('are limited to their scopes', async () => {
    const { key } = await newKey({ scopes: ['profile:read'] });
    expect((await withKey(key)).body.permissions).toEqual(['profile:read']);
    expect(problemOf(await withKey(key, '/users'))).toEqual({ status: 403, code: 'auth.forbidden' });
  });

  it.each([
    ['above the user', 'viewer', 'user:create'],
    ['that no key can hold', 'owner', 'api_key:create'],
    ['of the platform', 'owner', 'platform:tenants:read'],
    ['that nobody knows', 'owner', 'no:such'],
  ] as const)('cannot be given a scope %s', async (_, role, scope) => {
    const response = await world.as(role).post('/api-keys', { name: 'x', scopes: ['profile:read', scope] });
    expect(problemOf(response)).toEqual({ status: 422, code: 'api_key.scope_not_held' });
  });

  it('never hold more than their user does now', async () => {
    const person = await world.newPerson({ role: 'admin' });
    const { key } = await newKey({ scopes: ['user:create', 'profile:read'] }, person);
    expect((await withKey(key)).body.permissions).toEqual(['profile:read', 'user:create']);

    expect((await world.as('owner').patch(`/users/${person.user.id}`, { role: 'viewer' })).status).toBe(200);
    expect((await withKey(key)).body.permissions).toEqual(['profile:read']);
  });

  it('stop with their user', async () => {
    const person = await world.newPerson();
    const { key } = await newKey({}, person);
    expect((await withKey(key)).status).toBe(200);

    expect((await world.as('owner').post(`/users/${person.user.id}/deactivate`)).status).toBe(200);
    expect(problemOf(await withKey(key))).toEqual(UNAUTHENTICATED);
    expect((await world.as('owner').post(`/users/${person.user.id}/reactivate`)).status).toBe(200);
    expect((await withKey(key)).status).toBe(200);

    expect((await world.as('owner').delete(`/users/${person.user.id}`)).status).toBe(204);
    expect(problemOf(await withKey(key))).toEqual(UNAUTHENTICATED);
  });

  it('stop at once when they are revoked, once, by their user', async () => {
    const person = await world.newPerson();
    const { id, key } = await newKey({}, person);
    expect((await withKey(key)).status).toBe(200);

    expect(problemOf(await world.as('owner').delete(`/api-keys/${id}`))).toEqual({
      status: 404,
      code: 'api_key.not_found',
    });
    expect((await person.delete(`/api-keys/${id}`)).status).toBe(204);
    expect(problemOf(await withKey(key))).toEqual(UNAUTHENTICATED);
    expect((await person.delete(`/api-keys/${id}`)).status).toBe(404);
    expect((await person.get('/api-keys')).body.data).toEqual([]);
    const changes = (await world.auditOf(id)).map(({ action }) => action).filter((action) => action !== 'api_key.used');
    expect(changes).toEqual(['api_key.created', 'api_key.revoked']);
  });

  it('are in the audit log with their first use of a day', async () => {
    const person = await world.newPerson();
    const { id, key } = await newKey({}, person);
    const uses = async () => (await world.auditOf(id)).filter(({ action }) => action === 'api_key.used');
    /** Another process has not used it within the minute, and knows of no other use. */
    const useElsewhere = async (lastUsed: string): Promise<void> => {
      const lastUsedAt = new Date(lastUsed);
      await world.make.inTenant(world.tenant, () => prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt } }));
      const elsewhere = await createTestApp();
      try {
        await elsewhere.http.get('/api/v1/auth/me').set('X-API-Key', key).expect(200);
        await eventually(
          () => rowOf(id),
          (row) => row.lastUsedAt!.getTime() !== lastUsedAt.getTime(),
        );
      } finally {
        await elsewhere.close();
      }
    };
    await withKey(key);
    await withKey(key);
    const [first] = await eventually(uses, ({ length }) => length === 1);
    expect(first).toMatchObject({ actorKind: 'api_key', actorId: person.user.id, details: { apiKeyId: id } });

    const midnight = new Date();
    midnight.setUTCHours(0, 0, 0, 0);
    await useElsewhere(new Date(midnight.getTime() - 1).toISOString());
    expect(await uses()).toHaveLength(2);
  });

  it('stop when they expire', async () => {
    const past = await world.as('owner').post('/api-keys', { name: 'x', expiresAt: '2020-01-01T00:00:00Z' });
    expect(problemOf(past)).toEqual({ status: 422, code: 'api_key.expiry_in_the_past' });

    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id, key } = await newKey({ expiresAt });
    expect((await rowOf(id)).expiresAt?.toISOString()).toBe(expiresAt);
    expect((await withKey(key)).status).toBe(200);
    const { key: expired, id: expiredId } = await newKey({ expiresAt });
    await world.make.inTenant(world.tenant, () =>
      prisma.apiKey.updateMany({ where: { id: expiredId }, data: { expiresAt: new Date(0) } }),
    );
    expect(problemOf(await withKey(expired))).toEqual(UNAUTHENTICATED);
  });

  it('of another form, kind or tenant are refused', async () => {
    const { key } = await newKey();
    const keys = [
      mintSecret('key', world.tenant.id).token,
      mintSecret('key', randomUUID()).token,
      mintSecret('refresh', world.tenant.id).token,
      key.replace(/_[0-9a-f]{32}_/, `_${world.other.id.replaceAll('-', '')}_`),
      `${key} `.repeat(2),
      'garbage',
      '',
    ];
    for (const wrong of keys) expect(problemOf(await withKey(wrong))).toEqual(UNAUTHENTICATED);
    const both = { 'X-API-Key': key, Authorization: `Bearer ${await world.tokenOf('owner')}` };
    expect(problemOf(await world.nobody().get('/auth/me', both))).toEqual(UNAUTHENTICATED);
    const elsewhere = { 'X-API-Key': key, 'X-Tenant-Slug': world.other.slug };
    expect(problemOf(await world.nobody().get('/auth/me', elsewhere))).toEqual({
      status: 403,
      code: 'tenant.mismatch',
    });
  });

  it('tell when they were last used, written beside the request', async () => {
    const { id, key } = await newKey();
    // The write is not waited for by the request; the next statement on the row waits for it or sees it.
    const uses = async (): Promise<Date | null> => {
      expect((await withKey(key)).status).toBe(200);
      for (let n = 0; n < 200; n++) {
        const { lastUsedAt } = await rowOf(id);
        if (lastUsedAt) return lastUsedAt;
      }
      return null;
    };
    const first = await uses();
    expect(first).toBeInstanceOf(Date);
    expect(await uses()).toEqual(first);
  });

  it('belong to their user alone', async () => {
    const [one, two] = [await world.newPerson(), await world.newPerson()];
    await newKey({}, one);
    expect((await two.get('/api-keys')).body.meta.total).toBe(0);
  });
});
