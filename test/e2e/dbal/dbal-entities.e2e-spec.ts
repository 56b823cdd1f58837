import { randomUUID } from 'node:crypto';
import { EntityCatalog } from '../../../src/common/gateway/entity-catalog.js';
import { EntityGateway } from '../../../src/common/gateway/entity-gateway.js';
import { isWithheld } from '../../../src/common/manifest/entity-rules.js';
import { Manifests } from '../../../src/common/manifest/manifests.js';
import type { Actor } from '../../../src/common/identity/actor.js';
import { permissionsOfRole } from '../../../src/common/identity/permissions.js';
import { Prisma } from '../../../src/generated/prisma/client.js';
import { problemOf } from '../../support/contract.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { type Person, TenantWorld } from '../../support/tenant-world.js';
import { undecided } from '../../support/undecided-entities.js';

const SOUNDS_SECRET = /hash|secret|token|password|cipher|private/i;
/** Named like secrets, and none. */
const NO_SECRETS = ['User.passwordChangedAt'];

let test: TestApp;
let world: TenantWorld;

beforeAll(async () => {
  test = await createTestApp();
  world = await TenantWorld.create(test);
});
afterAll(() => test.close());
const entities = () => test.app.get(Manifests).entities;
const users = '/dbal/entities/User';
const filtered = (filter: object, more = '') =>
  `${users}?filter=${encodeURIComponent(JSON.stringify(filter))}${more && `&${more}`}`;

describe('the rules of entities', () => {
  it('decide about every model: a new one is denied until a module declares it', () => {
    expect(undecided(Object.keys(Prisma.ModelName), entities())).toEqual([]);
  });

  it('would miss a planted model, and tell the file and the line to add', () => {
    expect(undecided(['User', 'PriceList'], entities())).toEqual([
      expect.stringContaining(
        "entities in src/modules/<module>/<module>.manifest.ts: PriceList: { fields: ['id'], read: 'price_list:read' }",
      ),
    ]);
  });

  it('name every column that sounds like a secret among the secrets', () => {
    const overlooked: string[] = [];
    for (const { name, fields } of test.app.get(EntityCatalog).all()) {
      const rule = entities().get(name);
      if (!rule || isWithheld(rule)) continue;
      const suspects = [...fields.keys()].filter((field) => SOUNDS_SECRET.test(field));
      overlooked.push(...suspects.filter((field) => !rule.secrets?.includes(field)).map((field) => `${name}.${field}`));
    }
    expect(overlooked.filter((column) => !NO_SECRETS.includes(column))).toEqual([]);
  });

  it('find keys that are not called id by themselves', () => {
    const keys = new Map(
      test.app
        .get(EntityCatalog)
        .all()
        .map(({ name, key }) => [name, key]),
    );
    expect(keys.get('Credential')).toEqual(['username']);
    expect(keys.get('PasswordResetToken')).toEqual(['username']);
    expect(keys.get('User')).toEqual(['id']);
    expect(keys.get('WorkflowVersion')).toEqual(['workflowId', 'number']);
  });

  it('let nobody write what is read-only metadata', () => {
    for (const name of ['Credential', 'PasswordResetToken', 'Session', 'AuditEntry']) {
      const rule = entities().get(name);
      expect(rule).toBeDefined();
      expect(rule).not.toHaveProperty('create');
      expect(rule).not.toHaveProperty('update');
      expect(rule).not.toHaveProperty('delete');
      expect(rule).not.toHaveProperty('direct');
    }
  });
});

describe('reading entities over HTTP', () => {
  it('asks for a credential, and for a permission of the entity', async () => {
    expect(problemOf(await world.nobody().get(users)).status).toBe(401);
    expect((await world.as('viewer').get(users)).status).toBe(200);
    expect(problemOf(await world.as('manager').get('/dbal/entities/Credential'))).toEqual({
      status: 403,
      code: 'auth.forbidden',
    });
  });

  it.each(['Nothing', 'user', 'constructor', 'IdempotencyRecord', 'PlatformAdmin', 'LoginAttempt'])(
    'does not tell whether there is a %s',
    async (name) => {
      for (const path of [`/dbal/entities/${name}`, `/dbal/entities/${name}/x`]) {
        expect(problemOf(await world.as('owner').get(path))).toEqual({ status: 404, code: 'entity.not_found' });
      }
    },
  );

  it('shows the columns that are declared and no secret', async () => {
    const user = await world.make.createUser(world.tenant, { password: 'correct horse battery' });
    const credential = await world.as('admin').get(`/dbal/entities/Credential/${user.username}`);
    expect(credential.body).toEqual({ username: user.username, algorithm: 'argon2id', updatedAt: expect.any(String) });
    await world.signIn(user.username, 'correct horse battery');
    const sessions = await world
      .as('admin')
      .get(`/dbal/entities/Session?filter=${encodeURIComponent(JSON.stringify({ userId: user.id }))}`);
    expect(sessions.body.data).toHaveLength(1);
    expect(Object.keys(sessions.body.data[0])).not.toContain('tokenHash');
    expect(Object.keys(sessions.body.data[0])).not.toContain('tenantId');
  });

  it('has an ETag that belongs to the version, and 304 for who knows it', async () => {
    const id = await world.idOf('viewer');
    const first = await world.as('viewer').get(`${users}/${id}`);
    expect(first.headers['etag']).toBe(`"${id}.${first.body.version}"`);
    const again = await world.as('viewer').get(`${users}/${id}`, { 'If-None-Match': first.headers['etag']! });
    expect(again.status).toBe(304);
  });

  it("cannot tell another tenant's row from one that does not exist", async () => {
    const foreign = await world.as('owner').get(`${users}/${await world.idOf('member', world.other)}`);
    expect(problemOf(foreign)).toEqual({ status: 404, code: 'user.not_found' });
    expect(problemOf(await world.as('owner').get(`${users}/${randomUUID()}`))).toEqual({
      status: 404,
      code: 'user.not_found',
    });
  });

  it("lists the tenant's own rows alone, whatever the filter says", async () => {
    const { body } = await world.as('viewer').get(filtered({ email: { contains: '@' } }, 'limit=100'));
    const ids = body.data.map(({ id }: { id: string }) => id);
    expect(ids).toContain(world.tenant.owner.id);
    expect(ids).not.toContain(world.other.owner.id);
    const { body: tenants } = await world.as('viewer').get('/dbal/entities/Tenant');
    expect(tenants.data.map(({ id }: { id: string }) => id)).toEqual([world.tenant.id]);
  });

  it.each([['x'], ['12345'], ['a,b']])('refuses a key that can be none: %s', async (key) => {
    expect(problemOf(await world.as('viewer').get(`${users}/${key}`))).toEqual({
      status: 400,
      code: 'request.invalid',
    });
  });
});

describe('filters and sorting', () => {
  let reader: Person;
  let names: string[];

  beforeAll(async () => {
    const tenant = await world.make.createTenant();
    reader = world.bearer(await world.make.tokenFor(tenant.owner));
    names = [uniqueName('ada'), uniqueName('bob'), uniqueName('c_d'), uniqueName('cxd')];
    for (const [index, username] of names.entries()) {
      await world.make.createUser(tenant, { username, role: index < 2 ? 'member' : 'viewer' });
    }
  });

  const found = async (filter: object, more = 'sort=username'): Promise<string[]> => {
    const response = await reader.get(filtered({ role: { ne: 'owner' }, ...filter }, more));
    expect(response.status).toBe(200);
    return response.body.data.map(({ username }: { username: string }) => username);
  };

  it('compare by each operator', async () => {
    const [ada, bob, underscore, letter] = names as [string, string, string, string];
    expect(await found({ username: ada })).toEqual([ada]);
    expect(await found({ username: { eq: bob } })).toEqual([bob]);
    expect(await found({ role: { ne: 'member', in: ['member', 'viewer'] } })).toEqual([underscore, letter].sort());
    expect(await found({ username: { lt: 'b' } })).toEqual([ada]);
    expect(await found({ username: { gte: 'b', lt: 'c' } })).toEqual([bob]);
    expect(await found({ username: { contains: 'AD' } })).toEqual(expect.arrayContaining([ada]));
    expect(await found({ username: { contains: 'c_d' } })).toEqual([underscore]);
    expect(await found({ lastLoginAt: { isNull: true } })).toHaveLength(4);
    expect(await found({ lastLoginAt: { isNull: false } })).toEqual([]);
    expect(await found({ version: { gt: 0, lte: 1 } })).toHaveLength(4);
    expect(await found({ createdAt: { lt: '2001-01-01T00:00:00Z' } })).toEqual([]);
    expect(await found({ role: { in: [] } })).toEqual([]);
  });

  it('sort by several columns, and page without overlap', async () => {
    const sorted = [...names].sort();
    expect(await found({}, 'sort=-username')).toEqual([...sorted].reverse());
    const byRole = await found({}, 'sort=role,-username');
    expect(byRole.slice(0, 2)).toEqual(names.slice(0, 2).sort().reverse());
    const pages = [await found({}, 'sort=role&limit=2&page=1'), await found({}, 'sort=role&limit=2&page=2')];
    expect(pages.flat().sort()).toEqual(sorted);
  });

  it.each([
    ['a column that is not there', { nothing: 1 }],
    ['a column that is not shown', { passwordChangedAt: { isNull: true } }],
    ['the tenant', { tenantId: randomUUID() }],
    ['a member of every object', { constructor: 1 }],
    ['a relation', { credential: { is: { algorithm: 'argon2id' } } }],
    ['an operator that is not there', { username: { startsWith: 'a' } }],
    ["Prisma's own words", { username: { path: ['x'], equals: 1 } }],
    ['a logical operator', { OR: [{ username: 'a' }] }],
    ['a uuid that is none', { id: 'x' }],
    ['a number for a text', { username: 1 }],
    ['a text for a number', { version: '1' }],
    ['a number beyond the column', { version: { gt: 2 ** 31 } }],
    ['a date that is none', { createdAt: { gt: 'yesterday' } }],
    ['a day of no time', { createdAt: { gt: '2026-01-01' } }],
    ['a day that never comes', { createdAt: { gt: '2026-02-30T00:00:00Z' } }],
    ['a week', { createdAt: { gt: '2026-W05' } }],
    ['a time before all years', { createdAt: { gt: '0000-01-01T00:00:00Z' } }],
    ['a time after the year 9999 in UTC', { createdAt: { lt: '9999-12-31T23:59:59-12:00' } }],
    ['a time without zone', { createdAt: { gt: '2026-01-01T00:00:00' } }],
    ['null for a value', { username: null }],
    ['a list of a hundred and one', { username: { in: Array(101).fill('a') } }],
    ['a text for a list', { username: { in: 'a' } }],
    ['isNull of a column that is never null', { username: { isNull: true } }],
    ['contains on a date', { createdAt: { contains: '2026' } }],
    ['an object for a value', { username: { eq: { not: 'a' } } }],
    ['a list for a filter', []],
  ])('refuse %s, and say where', async (_what, filter) => {
    const response = await reader.get(filtered(filter));
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    expect(response.body.errors).toHaveLength(1);
  });

  it.each([
    ['a number that is no double', '{"loginCount":{"gt":1e400}}', '?filter/loginCount/gt', 'number_range'],
    ['an integer that loses digits', '{"loginCount":9007199254740993}', '?filter/loginCount', 'safe_integer'],
    ['half of a surrogate pair', '{"username":{"in":["\\ud800"]}}', '?filter/username/in/0', 'text'],
    ['nesting', `{"username":${'['.repeat(101)}${']'.repeat(101)}}`, '?filter', 'max_depth'],
  ])('are as exact and as bounded as a body: %s', async (_what, filter, pointer, code) => {
    const response = await reader.get(`${users}?filter=${encodeURIComponent(filter)}`);
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    expect(response.body.errors).toEqual([{ pointer, code, detail: expect.any(String) }]);
  });

  it.each([
    'filter={',
    'filter=1',
    'filter=null',
    'sort=tenantId',
    'sort=passwordHash',
    'sort=username,username',
    'limit=101',
  ])('refuse ?%s', async (query) => {
    expect(problemOf(await reader.get(`${users}?${encodeURI(query)}`)).status).toBe(400);
  });
});

describe('writing entities over HTTP', () => {
  const newcomer = () => {
    const username = uniqueName('new');
    return { username, email: `${username}@example.com`, role: 'member', password: 'correct horse battery' };
  };

  it('goes through the service that owns the entity, with its rules', async () => {
    const admin = world.as('admin');
    const body = newcomer();
    const created = await admin.post(users, body);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ username: body.username, role: 'member', version: 1 });
    expect((await world.signIn(body.username, body.password)).status).toBe(200);
    const { id } = created.body;

    expect(problemOf(await admin.post(users, body))).toEqual({ status: 409, code: 'user.email_taken' });
    expect(problemOf(await admin.patch(`${users}/${id}`, { role: 'owner' })).code).toBe('user.above_your_level');
    const updated = await admin.patch(`${users}/${id}`, { role: 'manager' });
    expect(updated.body).toMatchObject({ id, role: 'manager', version: 2 });
    const owner = world.tenant.owner.id;
    expect(problemOf(await world.as('owner').delete(`${users}/${owner}`)).code).toBe('user.owner_protected');
    expect((await admin.delete(`${users}/${id}`)).status).toBe(204);
    expect(problemOf(await admin.get(`${users}/${id}`)).status).toBe(404);
    expect((await world.auditOf(id)).map(({ action }) => action)).toEqual([
      'user.created',
      'user.signed_in',
      'user.updated',
      'user.deleted',
    ]);
  });

  it.each([
    ['a column of the table', { status: 'ACTIVE' }],
    ['the version', { version: 7 }],
    ['the tenant', { tenantId: randomUUID() }],
    ['a secret', { passwordHash: 'x' }],
    ['a value of the wrong type', { firstName: 1 }],
  ])('refuses %s that the service does not take', async (_what, data) => {
    const id = await world.idOf('member');
    const response = await world.as('owner').patch(`${users}/${id}`, data);
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    expect(response.body.errors[0].pointer).toBe(`/${Object.keys(data)[0]}`);
  });

  it('refuses a body that is no object', async () => {
    expect(problemOf(await world.as('owner').post(users, [newcomer()])).status).toBe(400);
    expect(problemOf(await world.as('owner').post(users)).status).toBe(400);
  });

  it('compares the tag before it judges the data', async () => {
    const { id } = (await world.as('admin').post(users, newcomer())).body;
    const stale = { 'If-Match': `"${id}.7"` };
    expect(problemOf(await world.as('admin').patch(`${users}/${id}`, { firstName: 1 }, stale)).status).toBe(412);
    expect(problemOf(await world.as('admin').delete(`${users}/${id}`, stale)).status).toBe(412);
    const current = { 'If-Match': `"${id}.1"` };
    expect((await world.as('admin').patch(`${users}/${id}`, { firstName: 'Ada' }, current)).status).toBe(200);
  });

  it("never reaches another tenant's row", async () => {
    const id = await world.idOf('member', world.other);
    for (const attempt of [
      await world.as('owner').patch(`${users}/${id}`, { firstName: 'Ada' }),
      await world.as('owner').delete(`${users}/${id}`),
    ]) {
      expect(problemOf(attempt)).toEqual({ status: 404, code: 'user.not_found' });
    }
  });

  it('is denied without the permission, and for what nobody may; both attempts are audited', async () => {
    const tenant = await world.make.createTenant();
    const viewer = await world.newPerson({ role: 'viewer' }, tenant);
    const owner = world.bearer(await world.make.tokenFor(tenant.owner));
    expect(problemOf(await viewer.post(users, newcomer()))).toEqual({ status: 403, code: 'auth.forbidden' });
    const key = { 'Idempotency-Key': randomUUID() };
    for (const [method, path] of [
      ['post', '/dbal/entities/Credential'],
      ['patch', `/dbal/entities/Credential/${tenant.owner.username}`],
    ] as const) {
      const response = await owner[method](path, { passwordHash: 'x' }, key);
      expect(problemOf(response)).toEqual({ status: 403, code: 'entity.action_denied' });
    }
    expect(problemOf(await owner.delete(`/dbal/entities/Session/${randomUUID()}`)).code).toBe('entity.action_denied');
    const entries = (await owner.get('/audit-log?outcome=denied')).body.data;
    expect(
      entries.map(({ details }: { details: Record<string, string> }) => [details['method'], details['code']]),
    ).toEqual([
      ['DELETE', 'entity.action_denied'],
      ['PATCH', 'entity.action_denied'],
      ['POST', 'entity.action_denied'],
      ['POST', 'auth.forbidden'],
    ]);
  });

  it('makes one row when a request is repeated with its key', async () => {
    const body = newcomer();
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await world.as('admin').post(users, body, key);
    const again = await world.as('admin').post(users, body, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
  });
});

describe('the gateway for programs', () => {
  const actor = (): Actor => ({
    kind: 'user',
    id: world.tenant.owner.id,
    role: 'owner',
    permissions: new Set(permissionsOfRole('owner')),
  });
  const gateway = () => test.app.get(EntityGateway);
  const inTenant = <T>(fn: () => Promise<T>) => world.make.inTenant(world.tenant, fn);
  const named = (prefix: string) => {
    const username = uniqueName(prefix);
    return { username, email: `${username}@example.com`, role: 'member', password: 'correct horse battery' };
  };

  it('creates many or none', async () => {
    const [one, two] = [named('many'), named('many')];
    await expect(
      inTenant(() => gateway().createMany(actor(), 'User', [one, { ...two, email: one.email }])),
    ).rejects.toMatchObject({ code: 'user.email_taken' });
    const filter = { username: { in: [one.username, two.username] } };
    expect(await inTenant(() => gateway().findFirst(actor(), 'User', { filter }))).toBeNull();
    expect(await inTenant(() => gateway().createMany(actor(), 'User', [one, two]))).toEqual({ count: 2 });
  });

  it('changes and deletes all that fit a filter, by the rules for one', async () => {
    const prefix = uniqueName('bulk');
    await inTenant(() => gateway().createMany(actor(), 'User', [named(prefix), named(prefix)]));
    const filter = { username: { contains: prefix } };
    const changed = await inTenant(() => gateway().updateMany(actor(), 'User', filter, { lastName: 'Lovelace' }));
    expect(changed).toEqual({ count: 2 });
    const withOwner = { role: 'owner' };
    await expect(inTenant(() => gateway().deleteMany(actor(), 'User', withOwner))).rejects.toMatchObject({
      code: 'user.owner_protected',
    });
    expect(await inTenant(() => gateway().deleteMany(actor(), 'User', filter))).toEqual({ count: 2 });
  });

  it('changes what it finds and makes what it does not', async () => {
    const create = named('upsert');
    const input = { filter: { username: create.username }, create, update: { lastName: 'Lovelace' } };
    expect(await inTenant(() => gateway().upsert(actor(), 'User', input))).toMatchObject({
      version: 1,
      lastName: null,
    });
    expect(await inTenant(() => gateway().upsert(actor(), 'User', input))).toMatchObject({
      version: 2,
      lastName: 'Lovelace',
    });
  });
});
