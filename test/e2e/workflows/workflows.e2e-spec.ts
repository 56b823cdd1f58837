import { randomUUID } from 'node:crypto';
import { describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { workflowDraft } from '../../support/workflow-drafts.js';

describe('workflows over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const create = async (given: object = {}, role: 'member' | 'manager' | 'admin' = 'member') => {
    const response = await world.as(role).post('/workflows', workflowDraft(given));
    expect(response.status).toBe(201);
    return response.body as { id: string; version: number; name: string };
  };

  const foreignId = async (): Promise<string> =>
    (await world.as('owner', world.other).post('/workflows', workflowDraft())).body.id as string;

  describeContract(() => Object.assign(world, { foreignId }), {
    'GET /workflows': {
      allow: 'viewer',
      invalidQueries: ['limit=101', 'sort=nodes', 'status=running', 'trigger=none', 'userId=1', 'surprise=1'],
    },
    'POST /workflows': {
      allow: 'member',
      body: workflowDraft(),
      invalidBodies: {
        'no name': { nodes: [] },
        'an empty name': workflowDraft({ name: ' ' }),
        'a trigger that is none': workflowDraft({ trigger: 'whim' }),
        'nodes that are no list': workflowDraft({ nodes: {} }),
        'a node that is null': workflowDraft({ nodes: [null] }),
        'a node that is a text': workflowDraft({ nodes: ['start'] }),
        'a node without a type': workflowDraft({ nodes: [{ id: 'a' }] }),
        'a node with a field nobody knows': workflowDraft({ nodes: [{ id: 'a', type: 'lua', run: true }] }),
        'a node id with a space': workflowDraft({ nodes: [{ id: 'a b', type: 'lua' }] }),
        'a node id that objects cannot have': workflowDraft({ nodes: [{ id: '__proto__', type: 'lua' }] }),
        'a config that is a list': workflowDraft({ nodes: [{ id: 'a', type: 'lua', config: [] }] }),
        'a retry without attempts': workflowDraft({ nodes: [{ id: 'a', type: 'lua', retry: {} }] }),
        'an edge without a target': workflowDraft({ edges: [{ id: 'e', source: 'start' }] }),
        'a time limit of no time': workflowDraft({ settings: { timeoutMs: 0 } }),
        'an id of its own': workflowDraft({ id: randomUUID() }),
        'a list': [workflowDraft()],
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
  });

  describe('creating', () => {
    it('makes a draft that belongs to its maker, and fills in what is left out', async () => {
      const body = workflowDraft({
        edges: [{ source: 'start', target: 'check' }],
        nodes: workflowDraft().nodes.slice(0, 2),
      });
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
        pendingHandover: null,
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
      expect(problemOf(await world.as('manager').post('/workflows', workflowDraft({ name })))).toEqual({
        status: 409,
        code: 'workflow.name_taken',
      });
      expect((await world.as('owner', world.other).post('/workflows', workflowDraft({ name }))).status).toBe(201);
    });

    it('gives what a platform admin makes to the owner of the tenant', async () => {
      const platform = world.bearer(await world.make.platformToken());
      const response = await platform.post('/workflows', workflowDraft(), { 'X-Tenant-ID': world.tenant.id });
      expect(response.body).toMatchObject({ userId: world.tenant.owner.id, createdBy: null });
    });

    it('makes one workflow when a request is repeated with its key, and shows its address once', async () => {
      const key = { 'Idempotency-Key': randomUUID() };
      const body = workflowDraft({ trigger: 'webhook' });
      const first = await world.as('member').post('/workflows', body, key);
      const again = await world.as('member').post('/workflows', body, key);
      expect(first.body.hookToken).toMatch(/^hook_[0-9a-f]{32}_/);
      expect(first.body.hookUrl).toBe(`/api/v1/hooks/${first.body.hookToken}`);
      expect(again.body).toEqual({ ...first.body, hookToken: null, hookUrl: null });
    });

    it('stops at the limit of the plan', async () => {
      const tenant = await world.make.createTenant({ quota: { workflows: 1 } });
      expect((await world.as('owner', tenant).post('/workflows', workflowDraft())).status).toBe(201);
      expect(problemOf(await world.as('owner', tenant).post('/workflows', workflowDraft()))).toEqual({
        status: 422,
        code: 'plan.limit_reached',
      });
    });
  });

  describe('finding', () => {
    it('filters, searches and sorts, without what the workflows do', async () => {
      const tenant = await world.make.createTenant();
      const [owner, admin] = [world.as('owner', tenant), world.as('admin', tenant)];
      await owner.post('/workflows', workflowDraft({ name: 'Nightly 100% clean-up', trigger: 'webhook' }));
      await admin.post('/workflows', workflowDraft({ name: 'Escalate', description: 'urgent tickets' }));
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
});
