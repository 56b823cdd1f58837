import { randomUUID } from 'node:crypto';
import { describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const PASSWORD = 'correct horse battery';
const newcomer = (given: object = {}) => {
  const name = `u-${randomUUID().slice(0, 13)}`;
  return { email: `${name}@example.com`, username: name, role: 'member', password: PASSWORD, ...given };
};

describe('users over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const invalidNames = {
    'an e-mail address that is none': { ...newcomer(), email: 'nobody' },
    'a username with a space': { ...newcomer(), username: 'two words' },
    'a username of one character': { ...newcomer(), username: 'x' },
    'a role that is none': { ...newcomer(), role: 'root' },
    'a line break in a name': { ...newcomer(), firstName: 'Ada\nLovelace' },
  };

  describeContract(() => Object.assign(world, { foreignId: () => world.idOf('member', world.other) }), {
    'GET /users': {
      allow: 'viewer',
      invalidQueries: ['limit=101', 'limit=0', 'page=0', 'page=x', 'sort=passwordHash', 'role=root', 'surprise=1'],
    },
    'POST /users': {
      allow: 'admin',
      body: newcomer(),
      invalidBodies: {
        ...invalidNames,
        'a password of 11 characters': newcomer({ password: 'x'.repeat(11) }),
        'a password of 129 characters': newcomer({ password: 'x'.repeat(129) }),
        'a password that is null': newcomer({ password: null }),
        'a username that is a step in a path': newcomer({ username: '..' }),
        'a missing role': { email: 'ada@example.com', username: 'ada' },
        'a list': [newcomer()],
      },
    },
    'GET /users/:id': { allow: 'viewer' },
    'PATCH /users/:id': {
      allow: 'viewer',
      body: { firstName: 'Ada' },
      invalidBodies: {
        'an e-mail address that is null': { email: null },
        'a role that is null': { role: null },
        'a time zone that is none': { timezone: 'Mars/Olympus' },
        'an address of a picture that runs code': { avatarUrl: 'javascript:alert(1)' },
        'preferences that are a list': { preferences: [] },
        'a status, which has routes of its own': { status: 'ACTIVE' },
      },
    },
    'DELETE /users/:id': { allow: 'admin' },
    'POST /users/:id/deactivate': { allow: 'admin' },
    'POST /users/:id/reactivate': { allow: 'admin' },
  });

  describe('creating', () => {
    it('makes an active user who can sign in, and tells no secret', async () => {
      const body = newcomer({ firstName: 'Ada', email: `Ada.${randomUUID()}@Example.COM` });
      const response = await world.as('admin').post('/users', body);
      expect(response.status).toBe(201);
      expect(response.headers['etag']).toBe(`"${response.body.id}.1"`);
      expect(response.body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{14}7[0-9a-f-]{21}$/),
        username: body.username,
        email: body.email.toLowerCase(),
        firstName: 'Ada',
        lastName: null,
        displayName: null,
        avatarUrl: null,
        bio: null,
        role: 'member',
        level: 2,
        status: 'ACTIVE',
        timezone: 'UTC',
        locale: 'en',
        preferences: {},
        lastLoginAt: null,
        version: 1,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
      expect((await world.signIn(body.email, PASSWORD)).status).toBe(200);
    });

    it('takes a name that differs only in case for the same name', async () => {
      const first = newcomer();
      await world.as('admin').post('/users', first);
      const sameEmail = await world.as('admin').post('/users', newcomer({ email: first.email.toUpperCase() }));
      expect(problemOf(sameEmail)).toEqual({ status: 409, code: 'user.email_taken' });
      const sameName = await world.as('admin').post('/users', newcomer({ username: first.username.toUpperCase() }));
      expect(problemOf(sameName)).toEqual({ status: 409, code: 'user.username_taken' });
    });

    it('does not mind that another tenant has the name', async () => {
      const body = newcomer();
      expect((await world.as('owner').post('/users', body)).status).toBe(201);
      expect((await world.as('owner', world.other).post('/users', body)).status).toBe(201);
    });

    it('makes one user when a request is repeated with its key', async () => {
      const body = newcomer();
      const key = { 'Idempotency-Key': randomUUID() };
      const first = await world.as('admin').post('/users', body, key);
      const again = await world.as('admin').post('/users', body, key);
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.body).toEqual(first.body);
      expect(again.headers['etag']).toBe(first.headers['etag']);
    });

    it('lets an admin make an admin, but no second owner', async () => {
      expect((await world.as('admin').post('/users', newcomer({ role: 'admin' }))).status).toBe(201);
      const byAdmin = await world.as('admin').post('/users', newcomer({ role: 'owner' }));
      expect(problemOf(byAdmin)).toEqual({ status: 403, code: 'user.above_your_level' });
      const byOwner = await world.as('owner').post('/users', newcomer({ role: 'owner' }));
      expect(problemOf(byOwner)).toEqual({ status: 409, code: 'user.owner_exists' });
    });

    it('keeps to the limit exactly when twenty are created at once', async () => {
      const tenant = await world.make.createTenant({ plan: 'basic' });
      // Connections that are open already let the transactions overlap.
      await Promise.all(Array.from({ length: 20 }, () => world.as('owner', tenant).get('/users')));
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => world.as('owner', tenant).post('/users', newcomer({ password: undefined }))),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(9);
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused.map(problemOf)).toEqual(refused.map(() => ({ status: 422, code: 'plan.limit_reached' })));
      expect((await world.as('owner', tenant).get('/users')).body.meta.total).toBe(10);
    });
  });

  describe('changing', () => {
    it('leaves what is absent and clears what is null', async () => {
      const ada = newcomer({ firstName: 'Ada', lastName: 'Lovelace', password: undefined });
      const { id } = (await world.as('admin').post('/users', ada)).body;
      const response = await world
        .as('admin')
        .patch(`/users/${id}`, { firstName: null, preferences: { theme: 'dark' } });
      expect(response.body).toMatchObject({
        firstName: null,
        lastName: 'Lovelace',
        preferences: { theme: 'dark' },
        version: 2,
      });
      expect(response.headers['etag']).toBe(`"${id}.2"`);
      const cleared = await world.as('admin').patch(`/users/${id}`, { preferences: null });
      expect(cleared.body.preferences).toEqual({});
    });

    it('lets everybody change their own profile, but not what they sign in with', async () => {
      const { user: viewerUser, ...viewer } = await world.newPerson({ role: 'viewer' });
      expect(
        (await viewer.patch(`/users/${viewerUser.id}`, { displayName: 'Ada', timezone: 'Europe/Paris' })).status,
      ).toBe(200);
      for (const change of [{ email: 'other@example.com' }, { username: 'other' }, { role: 'member' }]) {
        expect(problemOf(await viewer.patch(`/users/${viewerUser.id}`, change))).toEqual({
          status: 403,
          code: 'auth.forbidden',
        });
      }
    });

    it('forbids members to change others, and admins to change the owner', async () => {
      const { id } = await world.make.createUser(world.tenant, { role: 'viewer' });
      const byManager = await world.as('manager').patch(`/users/${id}`, { firstName: 'Ada' });
      expect(problemOf(byManager)).toEqual({ status: 403, code: 'auth.forbidden' });
      const owner = await world.idOf('owner');
      const byAdmin = await world.as('admin').patch(`/users/${owner}`, { firstName: 'Ada' });
      expect(problemOf(byAdmin)).toEqual({ status: 403, code: 'user.above_your_level' });
    });

    it('protects the owner from demotion, also by themselves', async () => {
      const response = await world.as('owner').patch(`/users/${await world.idOf('owner')}`, { role: 'admin' });
      expect(problemOf(response)).toEqual({ status: 409, code: 'user.owner_protected' });
    });

    it('lets a changed role hold for the next request', async () => {
      const { user: personUser, ...person } = await world.newPerson({ role: 'member' });
      expect((await person.post('/users', newcomer())).status).toBe(403);
      await world.as('admin').patch(`/users/${personUser.id}`, { role: 'admin' });
      expect((await person.post('/users', newcomer())).status).toBe(201);
      await world.as('owner').patch(`/users/${personUser.id}`, { role: 'viewer' });
      expect((await person.post('/users', newcomer())).status).toBe(403);
    });

    it('refuses names that others have', async () => {
      const [one, two] = await Promise.all([
        world.make.createUser(world.tenant, { role: 'member' }),
        world.make.createUser(world.tenant, { role: 'member' }),
      ]);
      const email = await world.as('admin').patch(`/users/${one.id}`, { email: two.email });
      expect(problemOf(email)).toEqual({ status: 409, code: 'user.email_taken' });
      const username = await world.as('admin').patch(`/users/${one.id}`, { username: two.username });
      expect(problemOf(username)).toEqual({ status: 409, code: 'user.username_taken' });
    });

    it('keeps the password when the username changes', async () => {
      const body = newcomer();
      const { id } = (await world.as('admin').post('/users', body)).body;
      const renamed = `r-${randomUUID().slice(0, 13)}`;
      expect((await world.as('admin').patch(`/users/${id}`, { username: renamed })).status).toBe(200);
      expect((await world.signIn(renamed, PASSWORD)).status).toBe(200);
    });

    it('loses no update: of ten changes to one version exactly one is made', async () => {
      const { id } = await world.make.createUser(world.tenant, { role: 'member' });
      const tag = (await world.as('admin').get(`/users/${id}`)).headers['etag'] as string;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          world.as('admin').patch(`/users/${id}`, { bio: `${n}` }, { 'If-Match': tag }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(9);
      const winner = answers.findIndex(({ status }) => status === 200);
      const now = await world.as('admin').get(`/users/${id}`);
      expect(now.body).toMatchObject({ bio: `${winner}`, version: 2 });
    });

    it('makes every change that names no version, one after the other', async () => {
      const { id } = await world.make.createUser(world.tenant, { role: 'member' });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => world.as('admin').patch(`/users/${id}`, { bio: `${n}` })),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map(({ body }) => body.version)).size).toBe(10);
    });

    it('compares the version before it judges the body', async () => {
      const { id } = await world.make.createUser(world.tenant, { role: 'member' });
      const stale = { 'If-Match': `"${id}.9"` };
      expect((await world.as('admin').patch(`/users/${id}`, { surprise: 1 }, stale)).status).toBe(412);
      expect((await world.as('admin').patch(`/users/${id}`, { firstName: 'Ada' }, stale)).status).toBe(412);
      expect((await world.as('admin').delete(`/users/${id}`, stale)).status).toBe(412);
    });
  });

  it('is not changed by signing in', async () => {
    const person = await world.make.createUser(world.tenant, { password: 'correct horse battery' });
    const read = async () => (await world.as('viewer').get(`/users/${person.id}`)).body;
    const before = await read();
    expect((await world.signIn(person.email, 'correct horse battery')).status).toBe(200);
    expect(await read()).toEqual({ ...before, lastLoginAt: expect.any(String) });
  });

  it('answers 304 to whoever has the current version', async () => {
    const { id } = await world.make.createUser(world.tenant, { role: 'member' });
    const known = { 'If-None-Match': `"${id}.1"` };
    expect((await world.as('viewer').get(`/users/${id}`, known)).status).toBe(304);
    await world.as('admin').patch(`/users/${id}`, { firstName: 'Ada' });
    expect((await world.as('viewer').get(`/users/${id}`, known)).status).toBe(200);
  });

  describe('deleting', () => {
    it('deletes for good and ends what the user could do', async () => {
      const { user: personUser, ...person } = await world.newPerson({ role: 'member' });
      expect((await world.as('admin').delete(`/users/${personUser.id}`)).status).toBe(204);
      expect((await person.get('/users')).status).toBe(401);
      expect((await world.as('admin').get(`/users/${personUser.id}`)).status).toBe(404);
      expect((await world.as('admin').delete(`/users/${personUser.id}`)).status).toBe(404);
    });

    it('protects the owner, those above, and oneself', async () => {
      const owner = await world.idOf('owner');
      const { user: selfUser, ...self } = await world.newPerson({ role: 'admin' });
      const attempts = [
        [await world.as('owner').delete(`/users/${owner}`), 409, 'user.owner_protected'],
        [await self.delete(`/users/${owner}`), 403, 'user.above_your_level'],
        [await self.delete(`/users/${selfUser.id}`), 409, 'user.own_account'],
        [await self.post(`/users/${selfUser.id}/deactivate`), 409, 'user.own_account'],
        [await self.post(`/users/${owner}/deactivate`), 403, 'user.above_your_level'],
        [await world.as('owner').post(`/users/${owner}/deactivate`), 409, 'user.owner_protected'],
      ] as const;
      for (const [answer, status, code] of attempts) expect(problemOf(answer)).toEqual({ status, code });
    });
  });

  describe('deactivating', () => {
    it('ends access at once, keeps the user, and is undone by reactivating', async () => {
      const { user: personUser, ...person } = await world.newPerson({ role: 'member' });
      const answer = await world.as('admin').post(`/users/${personUser.id}/deactivate`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status: 'SUSPENDED', version: 2 });
      expect((await person.get('/users')).status).toBe(401);
      const again = await world.as('admin').post(`/users/${personUser.id}/deactivate`);
      expect(problemOf(again)).toEqual({ status: 409, code: 'user.not_active' });

      const back = await world.as('admin').post(`/users/${personUser.id}/reactivate`);
      expect(back.status).toBe(200);
      expect(back.body).toMatchObject({ status: 'ACTIVE', version: 3 });
      expect((await person.get('/users')).status).toBe(401);
      const twice = await world.as('admin').post(`/users/${personUser.id}/reactivate`);
      expect(problemOf(twice)).toEqual({ status: 409, code: 'user.not_deactivated' });
    });

    it('lets nobody sign in who is deactivated', async () => {
      const body = newcomer();
      const { id } = (await world.as('admin').post('/users', body)).body;
      await world.as('admin').post(`/users/${id}/deactivate`);
      expect((await world.signIn(body.email, PASSWORD)).status).toBe(401);
      await world.as('admin').post(`/users/${id}/reactivate`);
      expect((await world.signIn(body.email, PASSWORD)).status).toBe(200);
    });
  });

  it('writes into the audit log who did what to whom, without secrets', async () => {
    const body = newcomer();
    const { id } = (await world.as('admin').post('/users', body)).body;
    await world.as('admin').patch(`/users/${id}`, { firstName: 'Ada', role: 'manager' });
    await world.as('admin').post(`/users/${id}/deactivate`);
    await world.as('admin').post(`/users/${id}/reactivate`);
    await world.as('admin').delete(`/users/${id}`);
    const entries = await world.auditOf(id);
    expect(entries.map(({ action }) => action)).toEqual([
      'user.created',
      'user.updated',
      'user.deactivated',
      'user.reactivated',
      'user.deleted',
    ]);
    expect(entries[1]?.details).toEqual({
      before: { firstName: null, role: 'member' },
      after: { firstName: 'Ada', role: 'manager' },
    });
    expect(JSON.stringify(entries)).not.toContain(PASSWORD);
    expect(new Set(entries.map(({ actorId }) => actorId))).toEqual(new Set([await world.idOf('admin')]));
  });

  it('lets a platform admin act inside the tenant, and says so in the audit log', async () => {
    const platform = world.bearer(await world.make.platformToken());
    const invited = newcomer({ role: 'admin', password: undefined });
    const created = await platform.post('/users', invited, { 'X-Tenant-ID': world.tenant.id });
    expect(created.status).toBe(201);
    expect(await world.auditOf(created.body.id)).toEqual([
      expect.objectContaining({ action: 'user.created', actorKind: 'platform' }),
      expect.objectContaining({ action: 'user.invited', actorKind: 'platform' }),
    ]);
    const owner = await world.idOf('owner');
    const deletion = await platform.delete(`/users/${owner}`, { 'X-Tenant-ID': world.tenant.id });
    expect(problemOf(deletion)).toEqual({ status: 409, code: 'user.owner_protected' });
  });
});
