import { randomUUID } from 'node:crypto';
import { describeContract, problemOf } from '../support/contract.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { TenantWorld } from '../support/tenant-world.js';

const unique = (): string => `Workflow ${randomUUID()}`;

/** Two steps that need nothing from outside. */
const drawn = (given: object = {}) => ({
  name: unique(),
  nodes: [
    { id: 'start', type: 'trigger' },
    { id: 'check', type: 'condition', config: { condition: 'input.amount > 10' } },
    { id: 'note', type: 'action', config: { action: 'log', message: 'large' } },
  ],
  edges: [
    { id: 'e1', source: 'start', target: 'check' },
    { id: 'e2', source: 'check', target: 'note', label: 'true' },
  ],
  ...given,
});

describe('workflows over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const create = async (given: object = {}, role: 'member' | 'manager' | 'admin' = 'member') => {
    const response = await world.as(role).post('/workflows', drawn(given));
    expect(response.status).toBe(201);
    return response.body as { id: string; version: number; name: string };
  };

  const foreignId = async (): Promise<string> =>
    (await world.as('owner', world.other).post('/workflows', drawn())).body.id as string;

  describeContract(() => Object.assign(world, { foreignId }), {
    'GET /workflows': {
      allow: 'viewer',
      invalidQueries: ['limit=101', 'sort=nodes', 'status=running', 'trigger=none', 'userId=1', 'surprise=1'],
    },
    'POST /workflows': {
      allow: 'member',
      body: drawn(),
      invalidBodies: {
        'no name': { nodes: [] },
        'an empty name': drawn({ name: ' ' }),
        'a trigger that is none': drawn({ trigger: 'whim' }),
        'nodes that are no list': drawn({ nodes: {} }),
        'a node that is null': drawn({ nodes: [null] }),
        'a node that is a text': drawn({ nodes: ['start'] }),
        'a node without a type': drawn({ nodes: [{ id: 'a' }] }),
        'a node with a field nobody knows': drawn({ nodes: [{ id: 'a', type: 'lua', run: true }] }),
        'a node id with a space': drawn({ nodes: [{ id: 'a b', type: 'lua' }] }),
        'a config that is a list': drawn({ nodes: [{ id: 'a', type: 'lua', config: [] }] }),
        'a retry without attempts': drawn({ nodes: [{ id: 'a', type: 'lua', retry: {} }] }),
        'an edge without a target': drawn({ edges: [{ id: 'e', source: 'start' }] }),
        'a time limit of no time': drawn({ settings: { timeoutMs: 0 } }),
        'an id of its own': drawn({ id: randomUUID() }),
        'a list': [drawn()],
      },
    },
    'GET /workflows/:id': { allow: 'viewer' },
    'PATCH /workflows/:id': {
      allow: 'member',
      body: { description: 'Escalates' },
      invalidBodies: {
        'a name that is null': { name: null },
        'nodes that are null': { nodes: null },
        'a status, which has routes of its own': { status: 'active' },
        'an owner, who changes by an operation': { userId: randomUUID() },
      },
    },
    'DELETE /workflows/:id': { allow: 'admin' },
    'POST /workflows/:id/validate': { allow: 'viewer' },
    'POST /workflows/:id/activate': { allow: 'member' },
    'POST /workflows/:id/pause': { allow: 'member' },
    'POST /workflows/:id/archive': { allow: 'member' },
    'POST /workflows/:id/hook-token': { allow: 'member' },
    'GET /workflows/:id/versions': { allow: 'viewer', invalidQueries: ['limit=101'] },
    'GET /workflows/:id/versions/1': { allow: 'viewer' },
    'GET /workflows/:id/versions/1/diff/2': { allow: 'viewer' },
    'POST /workflows/:id/versions/1/restore': { allow: 'member' },
  });

  describe('creating', () => {
    it('makes a draft that belongs to its maker, and fills in what is left out', async () => {
      const body = drawn({ edges: [{ source: 'start', target: 'check' }], nodes: drawn().nodes.slice(0, 2) });
      const response = await world.as('member').post('/workflows', body);
      expect(response.status).toBe(201);
      expect(response.headers['etag']).toBe(`"${response.body.id}.1"`);
      expect(response.body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{14}7[0-9a-f-]{21}$/),
        name: body.name,
        description: null,
        userId: await world.idOf('member'),
        createdBy: await world.idOf('member'),
        trigger: 'manual',
        triggerConfig: {},
        settings: {},
        status: 'draft',
        enabled: false,
        definitionVersion: 1,
        packageId: null,
        nextRunAt: null,
        version: 1,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        nodes: [{ id: 'start', type: 'trigger', config: {} }, body.nodes[1]],
        edges: [{ id: 'edge_1', source: 'start', target: 'check' }],
        config: null,
        hookToken: null,
        hookUrl: null,
      });
    });

    it('keeps names apart in a tenant, and does not mind those of another one', async () => {
      const { name } = await create();
      expect(problemOf(await world.as('manager').post('/workflows', drawn({ name })))).toEqual({
        status: 409,
        code: 'workflow.name_taken',
      });
      expect((await world.as('owner', world.other).post('/workflows', drawn({ name }))).status).toBe(201);
    });

    it('gives what a platform admin makes to the owner of the tenant', async () => {
      const platform = world.bearer(await world.make.platformToken());
      const response = await platform.post('/workflows', drawn(), { 'X-Tenant-ID': world.tenant.id });
      expect(response.body).toMatchObject({ userId: world.tenant.owner.id, createdBy: null });
    });

    it('makes one workflow when a request is repeated with its key, and shows its address once', async () => {
      const key = { 'Idempotency-Key': randomUUID() };
      const body = drawn({ trigger: 'webhook' });
      const first = await world.as('member').post('/workflows', body, key);
      const again = await world.as('member').post('/workflows', body, key);
      expect(first.body.hookToken).toMatch(/^hook_[0-9a-f]{32}_/);
      expect(first.body.hookUrl).toBe(`/api/v1/hooks/${first.body.hookToken}`);
      expect(again.body).toEqual({ ...first.body, hookToken: null, hookUrl: null });
    });

    it('stops at the limit of the plan', async () => {
      const tenant = await world.make.createTenant({ quota: { workflows: 1 } });
      expect((await world.as('owner', tenant).post('/workflows', drawn())).status).toBe(201);
      expect(problemOf(await world.as('owner', tenant).post('/workflows', drawn()))).toEqual({
        status: 422,
        code: 'plan.limit_reached',
      });
    });
  });

  describe('what other systems have written', () => {
    it('is converted from connections, and kept', async () => {
      const body = {
        id: 'workflow_cleanup',
        name: unique(),
        version: '3.0.0',
        active: false,
        tenantId: '${TENANT_ID}',
        nodes: [
          { id: 'begin', name: 'Begin', type: 'metabuilder.trigger', position: [100, 100], parameters: {} },
          {
            id: 'note',
            name: 'Take a note',
            type: 'action',
            typeVersion: 1,
            position: [400, 100],
            parameters: { action: 'log', message: 'cleaned' },
          },
        ],
        connections: { Begin: { main: [[{ node: 'Take a note', type: 'main', index: 0 }]] } },
        settings: { timezone: 'UTC', executionTimeout: 3600 },
      };
      const response = await world.as('member').post('/workflows', body);
      expect(response.status).toBe(201);
      expect(response.body).toMatchObject({
        status: 'draft',
        nodes: [
          { id: 'begin', type: 'trigger', label: 'Begin', position: { x: 100, y: 100 } },
          { id: 'note', type: 'action', config: { action: 'log', message: 'cleaned' } },
        ],
        edges: [{ source: 'begin', target: 'note' }],
        settings: { timeoutMs: 3_600_000 },
        config: body,
      });
      const { id } = response.body as { id: string };
      expect((await world.as('member').post(`/workflows/${id}/validate`)).body).toEqual({ valid: true, problems: [] });
    });

    it('may be one text, of which nothing is lost', async () => {
      const config = JSON.stringify({ steps: [{ name: 'note', action: 'log', config: { message: 'x' } }] });
      const response = await world.as('member').post('/workflows', { name: unique(), config });
      expect(response.body).toMatchObject({ config, nodes: [{ id: 'note', config: { action: 'log', message: 'x' } }] });
      const opaque = await world.as('member').post('/workflows', { name: unique(), config: 'on: monday' });
      expect(opaque.body).toMatchObject({ config: 'on: monday', nodes: [] });
    });

    it.each([
      ['what no database stores', String.raw`{"name":"a\u0000b","code":"return 1"}`],
      ['names that programs trip over', '{"name":"a","action":"log","config":{"constructor":1}}'],
      [
        'more levels than anybody needs',
        `{"name":"a","action":"log","config":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
      ],
    ])('smuggles in no text with %s', async (_, step) => {
      const answer = await world.as('member').post('/workflows', { name: unique(), config: `{"steps":[${step}]}` });
      expect(problemOf(answer)).toEqual({ status: 400, code: 'request.invalid' });
    });
  });

  describe('finding', () => {
    it('filters, searches and sorts, without what the workflows do', async () => {
      const tenant = await world.make.createTenant();
      const [owner, admin] = [world.as('owner', tenant), world.as('admin', tenant)];
      await owner.post('/workflows', drawn({ name: 'Nightly 100% clean-up', trigger: 'webhook' }));
      await admin.post('/workflows', drawn({ name: 'Escalate', description: 'urgent tickets' }));
      const names = async (query: string) =>
        (await owner.get(`/workflows?${query}`)).body.data.map(({ name }: { name: string }) => name) as string[];
      expect(await names('sort=name')).toEqual(['Escalate', 'Nightly 100% clean-up']);
      expect(await names('search=100%25')).toEqual(['Nightly 100% clean-up']);
      expect(await names('search=tickets%20urg')).toEqual(['Escalate']);
      expect(await names('trigger=webhook')).toEqual(['Nightly 100% clean-up']);
      expect(await names(`userId=${await world.idOf('admin', tenant)}`)).toEqual(['Escalate']);
      expect(await names('status=active')).toEqual([]);
      const [summary] = (await owner.get('/workflows')).body.data as object[];
      expect(summary).not.toHaveProperty('nodes');
    });
  });

  describe('changing', () => {
    it('makes a version of every change, and none of no change', async () => {
      const { id, name } = await create();
      const changed = await world.as('member').patch(`/workflows/${id}`, { description: 'Escalates' });
      expect(changed.body).toMatchObject({ version: 2, definitionVersion: 2, description: 'Escalates', name });
      const same = await world.as('member').patch(`/workflows/${id}`, { description: 'Escalates' });
      expect(same.body).toMatchObject({ version: 2, definitionVersion: 2 });
      const cleared = await world.as('member').patch(`/workflows/${id}`, { description: null });
      expect(cleared.body).toMatchObject({ definitionVersion: 3, description: null });
      expect((await world.auditOf(id)).map(({ action }) => action)).toEqual([
        'workflow.created',
        'workflow.updated',
        'workflow.updated',
      ]);
    });

    it('lets one of two simultaneous edits win', async () => {
      const { id } = await create();
      const etag = { 'If-Match': `"${id}.1"` };
      const answers = await Promise.all(
        ['first', 'second'].map((description) => world.as('member').patch(`/workflows/${id}`, { description }, etag)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect((await world.as('member').get(`/workflows/${id}/versions`)).body.meta.total).toBe(2);
    });

    it('loses no version when edits know nothing of each other', async () => {
      const { id } = await create();
      await Promise.all(
        Array.from({ length: 5 }, (_, n) => world.as('member').patch(`/workflows/${id}`, { description: `${n}` })),
      );
      const { data } = (await world.as('member').get(`/workflows/${id}/versions`)).body;
      expect(data.map(({ number }: { number: number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    });

    it('belongs to its owner and to managers, and never to somebody below the owner', async () => {
      const { id } = await create();
      const stranger = await world.newPerson({ role: 'member' });
      const refused = { status: 403, code: 'workflow.not_yours' };
      expect(problemOf(await stranger.patch(`/workflows/${id}`, { description: 'mine' }))).toEqual(refused);
      expect(problemOf(await stranger.post(`/workflows/${id}/activate`))).toEqual(refused);
      expect((await world.as('manager').patch(`/workflows/${id}`, { description: 'ours' })).status).toBe(200);
      const { id: adminsId } = await create({}, 'admin');
      const byManager = await world.as('manager').patch(`/workflows/${adminsId}`, { description: 'with your rights' });
      expect(problemOf(byManager)).toEqual(refused);
    });

    it('refuses to break one that is active', async () => {
      const { id } = await create();
      await world.as('member').post(`/workflows/${id}/activate`);
      const broken = await world
        .as('member')
        .patch(`/workflows/${id}`, { edges: [{ source: 'start', target: 'note' }] });
      expect(problemOf(broken)).toEqual({ status: 422, code: 'workflow.invalid' });
      expect(broken.body.errors).toEqual([expect.objectContaining({ pointer: '/nodes/1', code: 'unreachable' })]);
      expect((await world.as('member').get(`/workflows/${id}`)).body).toMatchObject({
        version: 2,
        definitionVersion: 1,
      });
    });
  });

  describe('versions', () => {
    it('restores an old one as a new one, under the present name', async () => {
      const { id, name } = await create();
      const nodes = drawn().nodes.slice(0, 2);
      const renamed = unique();
      await world.as('member').patch(`/workflows/${id}`, { nodes, edges: [], name: renamed });
      const response = await world.as('member').post(`/workflows/${id}/versions/1/restore`);
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({ name: renamed, definitionVersion: 3, version: 3 });
      expect(response.body.nodes).toHaveLength(3);
      const first = await world.as('viewer').get(`/workflows/${id}/versions/1`);
      expect(first.body).toMatchObject({ number: 1, createdBy: await world.idOf('member'), definition: { name } });
      expect((await world.auditOf(id)).at(-1)).toMatchObject({
        action: 'workflow.version_restored',
        details: { restored: 1, definitionVersion: 3 },
      });
    });

    it('tells two apart', async () => {
      const { id } = await create();
      const [start, check] = drawn().nodes;
      const changedCheck = { ...check, config: { condition: 'input.amount > 20' } };
      const nodes = [start, changedCheck, { id: 'wait', type: 'action', config: { action: 'delay', ms: 5 } }];
      await world.as('member').patch(`/workflows/${id}`, { nodes, description: 'new' });
      const { body } = await world.as('viewer').get(`/workflows/${id}/versions/1/diff/2`);
      expect(body).toMatchObject({
        fields: [{ field: 'description', from: null, to: 'new' }],
        nodes: {
          added: [{ id: 'wait' }],
          removed: [{ id: 'note' }],
          changed: [{ id: 'check', from: check, to: changedCheck }],
        },
        edges: { added: [], removed: [], changed: [] },
      });
    });

    it('knows those that it has and no others', async () => {
      const { id } = await create();
      expect(problemOf(await world.as('member').get(`/workflows/${id}/versions/2`))).toEqual({
        status: 404,
        code: 'workflow_version.not_found',
      });
      for (const odd of ['0', 'x', '1.5', '99999999999']) {
        const answer = await world.as('member').get(`/workflows/${id}/versions/${odd}`);
        expect(problemOf(answer)).toEqual({ status: 400, code: 'request.invalid' });
      }
    });
  });

  describe('activating', () => {
    it('plans the next run of a schedule, and pausing forgets it', async () => {
      const triggerConfig = { cron: '0 6 * * 1', timeZone: 'Europe/Paris' };
      const { id } = await create({ trigger: 'schedule', triggerConfig });
      const active = await world.as('member').post(`/workflows/${id}/activate`);
      expect(active.status).toBe(200);
      expect(active.body).toMatchObject({ status: 'active', enabled: true, version: 2, definitionVersion: 1 });
      expect(new Date(active.body.nextRunAt as string).getTime()).toBeGreaterThan(Date.now());
      const read = await world.as('member').get(`/workflows/${id}`);
      expect(read.body.nextRunAt).toBe(active.body.nextRunAt);
      const paused = await world.as('member').post(`/workflows/${id}/pause`);
      expect(paused.body).toMatchObject({ status: 'paused', nextRunAt: null });
    });

    it('refuses what cannot run, with all that is wrong', async () => {
      const nodes = [
        { id: 'a', type: 'condition', config: { condition: 'input.amount >' } },
        { id: 'b', type: 'transform', config: { transform: '$sum(' } },
        { id: 'c', type: 'lua', config: { code: 'return (' } },
        { id: 'd', type: 'lua', config: { scriptId: randomUUID() } },
        { id: 'e', type: 'action', config: { action: 'create_user' } },
        { id: 'f', type: 'robot' },
      ];
      const edges = [
        { id: 'e1', source: 'a', target: 'b' },
        { id: 'e2', source: 'b', target: 'a' },
        { id: 'e3', source: 'c', target: 'nowhere' },
      ];
      const { id } = await create({ nodes, edges, trigger: 'schedule', triggerConfig: { cron: 'soon' } });
      const validation = await world.as('viewer').post(`/workflows/${id}/validate`);
      expect(validation.status).toBe(200);
      expect(validation.body.valid).toBe(false);
      const found = (validation.body.problems as { pointer: string; code: string }[]).map(
        ({ pointer, code }) => `${pointer} ${code}`,
      );
      expect(found.sort()).toEqual([
        '/edges/2/target unknown_node',
        '/nodes/0 cycle',
        '/nodes/0/config/condition expression_syntax',
        '/nodes/1/config/transform expression_syntax',
        '/nodes/2/config/code expression_syntax',
        '/nodes/3/config/scriptId unknown_script',
        '/nodes/4/config/action unknown_action',
        '/nodes/5/type unknown_type',
        '/triggerConfig/cron cron',
      ]);
      const refused = await world.as('member').post(`/workflows/${id}/activate`);
      expect(problemOf(refused)).toEqual({ status: 422, code: 'workflow.invalid' });
      expect(refused.body.errors).toEqual(validation.body.problems);
      expect((await world.as('member').get(`/workflows/${id}`)).body.status).toBe('draft');
    });

    it('knows from where a workflow gets where', async () => {
      const { id } = await create();
      const post = async (verb: string) => world.as('member').post(`/workflows/${id}/${verb}`);
      const refused = { status: 409, code: 'workflow.invalid_transition' };
      expect(problemOf(await post('pause'))).toEqual(refused);
      expect((await post('activate')).body.status).toBe('active');
      expect(problemOf(await post('activate'))).toEqual(refused);
      expect((await post('archive')).body.status).toBe('archived');
      expect(problemOf(await post('pause'))).toEqual(refused);
      expect((await post('activate')).body.status).toBe('active');
      expect((await world.auditOf(id)).map(({ action }) => action)).toEqual([
        'workflow.created',
        'workflow.activated',
        'workflow.archived',
        'workflow.activated',
      ]);
    });
  });

  describe('addresses of webhooks', () => {
    it('are renewed for workflows that have one', async () => {
      const created = await world.as('member').post('/workflows', drawn({ trigger: 'webhook' }));
      const renewed = await world.as('member').post(`/workflows/${created.body.id}/hook-token`);
      expect(renewed.status).toBe(201);
      expect(renewed.body.hookToken).toMatch(/^hook_/);
      expect(renewed.body.hookToken).not.toBe(created.body.hookToken);
      const { id } = await create();
      expect(problemOf(await world.as('member').post(`/workflows/${id}/hook-token`))).toEqual({
        status: 409,
        code: 'workflow.no_webhook',
      });
    });
  });

  describe('deleting', () => {
    it('takes versions along, and asks for the present version', async () => {
      const { id } = await create();
      const stale = await world.as('admin').delete(`/workflows/${id}`, { 'If-Match': `"${id}.7"` });
      expect(problemOf(stale)).toEqual({ status: 412, code: 'resource.stale' });
      expect((await world.as('admin').delete(`/workflows/${id}`)).status).toBe(204);
      expect((await world.as('admin').get(`/workflows/${id}`)).status).toBe(404);
      expect((await world.as('admin').get(`/workflows/${id}/versions`)).status).toBe(404);
    });

    it('keeps somebody who owns workflows from being deleted', async () => {
      const person = await world.newPerson({ role: 'member' });
      await person.post('/workflows', drawn());
      const refused = await world.as('admin').delete(`/users/${person.user.id}`);
      expect(problemOf(refused)).toEqual({ status: 409, code: 'resource.in_use' });
    });
  });
});
