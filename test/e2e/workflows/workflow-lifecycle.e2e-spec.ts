import { randomUUID } from 'node:crypto';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { TenantDeletionService } from '../../../src/modules/tenants/lifecycle/tenant-deletion.service.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { uniqueName, workflowDraft } from '../../support/workflow-drafts.js';

describe('the life of a workflow over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const create = async (given: object = {}) => {
    const response = await world.as('member').post('/workflows', workflowDraft(given));
    expect(response.status).toBe(201);
    return response.body as { id: string; version: number; name: string };
  };

  const foreignId = async (): Promise<string> =>
    (await world.as('owner', world.other).post('/workflows', workflowDraft())).body.id as string;

  describeContract(() => Object.assign(world, { foreignId }), {
    'POST /workflows/:id/validate': { allow: 'member' },
    'POST /workflows/:id/activate': { allow: 'member' },
    'POST /workflows/:id/pause': { allow: 'member' },
    'POST /workflows/:id/archive': { allow: 'member' },
    'POST /workflows/:id/hook-token': { allow: 'member' },
    'GET /workflows/:id/hook-secret': { allow: 'viewer' },
    'PUT /workflows/:id/hook-secret': {
      allow: 'member',
      body: { secret: 'a secret of sixteen letters' },
      invalidBodies: { 'no secret': { dropPrevious: true } },
    },
    'DELETE /workflows/:id/hook-secret': { allow: 'member' },
    'GET /workflows/:id/versions': { allow: 'viewer', invalidQueries: ['limit=101'] },
    'GET /workflows/:id/versions/1': { allow: 'viewer' },
    'GET /workflows/:id/versions/1/diff/2': { allow: 'viewer' },
    'POST /workflows/:id/versions/1/restore': { allow: 'member' },
  });

  describe('what other systems have written', () => {
    it('is converted from connections, and kept', async () => {
      const body = {
        id: 'workflow_cleanup',
        name: uniqueName(),
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
      const response = await world.as('member').post('/workflows', { name: uniqueName(), config });
      expect(response.body).toMatchObject({ config, nodes: [{ id: 'note', config: { action: 'log', message: 'x' } }] });
      const odd = '{"steps":[{"name":"a","action":"log","config":{"message":"x","data":{"constructor":1}}}]}';
      const named = await world.as('member').post('/workflows', { name: uniqueName(), config: odd });
      expect(named.body).toMatchObject({ nodes: [{ config: { data: { constructor: 1 } } }] });
      const opaque = await world.as('member').post('/workflows', { name: uniqueName(), config: 'on: monday' });
      expect(opaque.body).toMatchObject({ config: 'on: monday', nodes: [] });
    });

    it.each([
      ['what no database stores', String.raw`{"name":"a\u0000b","code":"return 1"}`],
      [
        'more levels than anybody needs',
        `{"name":"a","action":"log","config":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
      ],
    ])('smuggles in no text with %s', async (_, step) => {
      const answer = await world.as('member').post('/workflows', { name: uniqueName(), config: `{"steps":[${step}]}` });
      expect(problemOf(answer)).toEqual({ status: 400, code: 'request.invalid' });
    });
  });

  describe('versions', () => {
    it('restores an old one as a new one, under the present name', async () => {
      const { id, name } = await create();
      const nodes = workflowDraft().nodes.slice(0, 2);
      const renamed = uniqueName();
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
      const [start, check] = workflowDraft().nodes;
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
      const validation = await world.as('member').post(`/workflows/${id}/validate`);
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
      const created = await world.as('member').post('/workflows', workflowDraft({ trigger: 'webhook' }));
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

    it('goes with the tenant, together with the users who own them', async () => {
      const tenant = await world.make.createTenant();
      const owner = world.as('owner', tenant);
      const { id } = (await owner.post('/workflows', workflowDraft({ trigger: 'webhook' }))).body as { id: string };
      expect((await owner.post(`/workflows/${id}/runs`, { input: {} })).status).toBe(202);
      expect((await owner.post('/lua-scripts', { name: 'one', code: 'return 1' })).status).toBe(201);
      const platform = test.app.get(PlatformPrismaService);
      await platform.tenant.updateMany({
        where: { id: tenant.id },
        data: { status: 'PENDING_DELETION', deletionScheduledAt: new Date(0) },
      });
      const deletion = test.app.get(TenantDeletionService, { strict: false });
      expect(await deletion.deleteIfDue(tenant.id)).toBe(true);
      expect(await platform.tenant.count({ where: { id: tenant.id } })).toBe(0);
    });

    it('keeps somebody who owns workflows from being deleted', async () => {
      const person = await world.newPerson({ role: 'member' });
      await person.post('/workflows', workflowDraft());
      const refused = await world.as('admin').delete(`/users/${person.user.id}`);
      expect(problemOf(refused)).toEqual({ status: 409, code: 'resource.in_use' });
    });
  });
});
