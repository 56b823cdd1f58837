import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { newTeam, workflowsOf } from '../../support/team-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { type Person, TenantWorld } from '../../support/tenant-world.js';

let test: TestApp;
let world: TenantWorld;

beforeAll(async () => {
  test = await createTestApp();
  world = await TenantWorld.create(test);
});
afterAll(() => test.close());

const run = (person: Person, name: string, input: object, more = '', headers = {}) =>
  person.post(`/dbal/operations/${name}${more}`, { input }, headers);

const ownersOf = async (person: Person): Promise<Record<string, string>> => {
  const { body } = await person.get('/workflows?limit=100');
  return Object.fromEntries(body.data.map(({ id, userId }: { id: string; userId: string }) => [id, userId]));
};

describeContract(() => world, {
  'GET /dbal/operations': { allow: 'viewer', invalidQueries: ['limit=101'] },
  'POST /dbal/operations/offboard_user': {
    allow: 'admin',
    body: { input: { userId: randomUUID(), successorId: randomUUID() } },
    invalidBodies: { 'no input': {} },
    invalidQueries: ['dryRun=perhaps'],
  },
});

describe('entities over HTTP', () => {
  describeContract(() => Object.assign(world, { foreignId: () => world.idOf('member', world.other) }), {
    'GET /dbal/entities/User': { allow: 'viewer', invalidQueries: ['limit=101', 'filter=odd', 'sort=odd'] },
    'POST /dbal/entities/User': {
      allow: 'admin',
      body: { email: 'somebody@example.test', username: 'somebody', role: 'member' },
    },
    'GET /dbal/entities/User/:id': { allow: 'viewer' },
    'PATCH /dbal/entities/User/:id': { allow: 'viewer', body: { firstName: 'Ada' }, findsBeforeBody: true },
    'DELETE /dbal/entities/User/:id': { allow: 'admin' },
  });
});

describe('the list of operations', () => {
  it('describes each with its permission and a JSON Schema that takes right input and refuses wrong', async () => {
    const { status, body } = await world.as('viewer').get('/dbal/operations?limit=100');
    expect(status).toBe(200);
    const operations = body.data as { name: string; description: string; permission: string; input: object }[];
    expect(operations.map(({ name, permission }) => [name, permission])).toEqual(
      expect.arrayContaining([
        ['duplicate_workflow', 'workflow:create'],
        ['offboard_user', 'user:manage'],
        ['transfer_power', 'power_transfer:answer'],
        ['transfer_workflow', 'workflow:transfer'],
      ]),
    );
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const { input, description } of operations) {
      expect(description.length).toBeGreaterThan(10);
      const fits = ajv.compile(input);
      expect(fits({ surprise: 1 })).toBe(false);
    }
    const { input } = operations.find(({ name }) => name === 'transfer_workflow')!;
    const fits = ajv.compile(input);
    expect(fits({ from: randomUUID(), to: randomUUID() })).toBe(true);
    expect(fits({ from: randomUUID(), to: randomUUID(), workflowIds: [randomUUID()] })).toBe(true);
    expect(fits({ from: randomUUID() })).toBe(false);
    expect(fits({ from: randomUUID(), to: randomUUID(), workflowIds: 'all' })).toBe(false);
  });

  it('is for people who are signed in', async () => {
    expect(problemOf(await world.nobody().get('/dbal/operations')).status).toBe(401);
    expect(problemOf(await world.nobody().post('/dbal/operations/offboard_user', { input: {} })).status).toBe(401);
    expect(problemOf(await world.as('owner').get('/dbal/operations?limit=101')).status).toBe(400);
  });
});

describe('running an operation', () => {
  it('refuses names that are none, and input that does not fit', async () => {
    const owner = world.as('owner');
    expect(problemOf(await run(owner, 'make_coffee', {}))).toEqual({ status: 404, code: 'operation.not_found' });
    expect(problemOf(await run(owner, 'constructor', {}))).toEqual({ status: 404, code: 'operation.not_found' });
    const wrong = await run(owner, 'offboard_user', { userId: 'ada', surprise: 1 });
    expect(problemOf(wrong)).toEqual({ status: 400, code: 'request.invalid' });
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/input/successorId',
      '/input/surprise',
      '/input/userId',
    ]);
    expect(problemOf(await owner.post('/dbal/operations/offboard_user', {})).status).toBe(400);
    expect(problemOf(await owner.post('/dbal/operations/offboard_user', { input: [] })).status).toBe(400);
    expect(problemOf(await owner.post('/dbal/operations/offboard_user?dryRun=yes', { input: {} })).status).toBe(400);
  });

  it("asks for the operation's own permission, and writes refused and failed attempts down", async () => {
    const { owner, leaver, stayer } = await newTeam(world);
    const input = { userId: leaver.user.id, successorId: stayer.user.id };
    expect(problemOf(await run(stayer, 'offboard_user', input))).toEqual({ status: 403, code: 'auth.forbidden' });
    const missing = { ...input, successorId: randomUUID() };
    for (const headers of [{}, { 'Idempotency-Key': randomUUID() }]) {
      expect(problemOf(await run(owner, 'offboard_user', missing, '', headers))).toEqual({
        status: 404,
        code: 'user.not_found',
      });
    }
    const entries = (await owner.get('/audit-log?action=operation.run')).body.data;
    expect(
      entries.map(({ outcome, targetId, actorId, details }: Record<string, unknown>) => ({
        outcome,
        targetId,
        actorId,
        details,
      })),
    ).toEqual([
      ...Array(2).fill({
        outcome: 'failed',
        targetId: 'offboard_user',
        actorId: expect.any(String),
        details: { input: missing, error: 'user.not_found' },
      }),
      {
        outcome: 'denied',
        targetId: 'offboard_user',
        actorId: stayer.user.id,
        details: { permission: 'user:manage' },
      },
    ]);
  });

  it('hands over everything of somebody who leaves, ends sessions and keys, and deactivates them', async () => {
    const { tenant, owner, leaver, stayer } = await newTeam(world);
    const ids = await workflowsOf(leaver, 2);
    const { key } = (await leaver.post('/api-keys', { name: 'script' })).body;
    const response = await run(owner, 'offboard_user', { userId: leaver.user.id, successorId: stayer.user.id });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      dryRun: false,
      result: {
        userId: leaver.user.id,
        successorId: stayer.user.id,
        status: 'SUSPENDED',
        handedOver: [{ resource: 'workflow', count: 2 }],
        revokedApiKeys: 1,
      },
    });
    expect(await ownersOf(owner)).toEqual(Object.fromEntries(ids.map((id) => [id, stayer.user.id])));
    expect((await leaver.get('/auth/me')).status).toBe(401);
    expect((await world.nobody().get('/auth/me', { 'X-API-Key': key })).status).toBe(401);
    expect((await world.auditOf(ids[0]!, tenant)).at(-1)).toMatchObject({
      action: 'workflow.transferred',
      details: { before: { userId: leaver.user.id }, after: { userId: stayer.user.id } },
    });
    const again = await run(owner, 'offboard_user', { userId: leaver.user.id, successorId: stayer.user.id });
    expect(again.body.result.handedOver).toEqual([{ resource: 'workflow', count: 0 }]);
  });

  it('never offboards the owner, oneself, or somebody above', async () => {
    const { tenant, owner, stayer } = await newTeam(world);
    const admin = await world.newPerson({ role: 'admin' }, tenant);
    const successorId = stayer.user.id;
    const offboard = async (person: Person, userId: string, successor = successorId) =>
      problemOf(await run(person, 'offboard_user', { userId, successorId: successor })).code;
    expect(await offboard(owner, tenant.owner.id)).toBe('user.owner_protected');
    expect(await offboard(admin, tenant.owner.id)).toBe('user.above_your_level');
    expect(await offboard(admin, admin.user.id)).toBe('user.own_account');
    expect(await offboard(admin, stayer.user.id, stayer.user.id)).toBe('user.succeeds_themselves');
    const invited = await world.make.createUser(tenant, { status: 'INVITED' });
    expect(await offboard(admin, stayer.user.id, invited.id)).toBe('user.successor_not_active');
    expect(await offboard(admin, await world.idOf('member', world.other))).toBe('user.not_found');
    // Workflows act with their owner's rights: nobody gives what somebody wrote the rights of the owner.
    expect(await offboard(admin, stayer.user.id, tenant.owner.id)).toBe('workflow.not_yours');
  });

  it('transfers the workflows that are named, or all, and none when one is missing', async () => {
    const { owner, leaver, stayer } = await newTeam(world);
    const [first, second, third] = await workflowsOf(leaver, 3);
    const [theirs] = await workflowsOf(stayer, 1);
    const input = { from: leaver.user.id, to: stayer.user.id };
    for (const wrong of [theirs!, randomUUID()]) {
      const response = await run(owner, 'transfer_workflow', { ...input, workflowIds: [first!, wrong] });
      expect(problemOf(response)).toEqual({ status: 404, code: 'workflow.not_found' });
    }
    expect((await ownersOf(owner))[first!]).toBe(leaver.user.id);
    const one = await run(owner, 'transfer_workflow', { ...input, workflowIds: [first!] });
    expect(one.body.result).toMatchObject({ count: 1, workflows: [{ id: first }] });
    const rest = await run(owner, 'transfer_workflow', input);
    expect(rest.body.result.count).toBe(2);
    expect(await ownersOf(owner)).toEqual({
      [first!]: stayer.user.id,
      [second!]: stayer.user.id,
      [third!]: stayer.user.id,
      [theirs!]: stayer.user.id,
    });
  });

  it('transfers workflows between active users of the tenant alone', async () => {
    const { tenant, owner, leaver, stayer } = await newTeam(world);
    const inactive = await world.make.createUser(tenant, { status: 'SUSPENDED' });
    const transfer = async (from: string, to: string) => problemOf(await run(owner, 'transfer_workflow', { from, to }));
    expect(await transfer(leaver.user.id, inactive.id)).toEqual({ status: 422, code: 'workflow.owner_not_active' });
    expect(await transfer(inactive.id, leaver.user.id)).toEqual({ status: 422, code: 'workflow.owner_not_active' });
    expect(await transfer(leaver.user.id, leaver.user.id)).toEqual({ status: 422, code: 'workflow.same_owner' });
    const foreign = await world.idOf('member', world.other);
    expect(await transfer(leaver.user.id, foreign)).toEqual({ status: 404, code: 'user.not_found' });
    expect(await transfer(foreign, stayer.user.id)).toEqual({ status: 404, code: 'user.not_found' });
    expect(await transfer(randomUUID(), stayer.user.id)).toEqual({ status: 404, code: 'user.not_found' });
  });

  it('lets no manager give workflows the rights of an admin', async () => {
    const { tenant, leaver } = await newTeam(world);
    const manager = await world.newPerson({ role: 'manager' }, tenant);
    const admin = await world.newPerson({ role: 'admin' }, tenant);
    const upwards = await run(manager, 'transfer_workflow', { from: manager.user.id, to: admin.user.id });
    expect(problemOf(upwards)).toEqual({ status: 403, code: 'workflow.not_yours' });
    const downwards = await run(manager, 'transfer_workflow', { from: leaver.user.id, to: manager.user.id });
    expect(downwards.status).toBe(200);
  });

  it('duplicates a workflow as a draft of the one who asks', async () => {
    const { leaver, stayer } = await newTeam(world);
    const [id] = await workflowsOf(leaver, 1);
    const original = (await leaver.get(`/workflows/${id}`)).body;
    const response = await run(stayer, 'duplicate_workflow', { workflowId: id! });
    expect(response.body.result).toEqual({
      id: expect.any(String),
      name: `${original.name} (copy)`,
      status: 'draft',
      userId: stayer.user.id,
    });
    const copy = (await stayer.get(`/workflows/${response.body.result.id}`)).body;
    expect(copy.nodes).toEqual(original.nodes);
    const again = await run(stayer, 'duplicate_workflow', { workflowId: id! });
    expect(problemOf(again)).toEqual({ status: 409, code: 'workflow.name_taken' });
    const named = await run(stayer, 'duplicate_workflow', { workflowId: id!, name: 'Another' });
    expect(named.body.result.name).toBe('Another');
  });

  it('accepts a power transfer as its route does', async () => {
    const { owner, stayer } = await newTeam(world);
    const { id } = (await owner.post('/power-transfers', { toUserId: stayer.user.id })).body;
    expect(problemOf(await run(owner, 'transfer_power', { powerTransferId: id })).status).toBe(403);
    const response = await run(stayer, 'transfer_power', { powerTransferId: id });
    expect(response.body.result).toMatchObject({ id, status: 'accepted' });
    expect((await stayer.get('/auth/me')).body.user.role).toBe('owner');
  });
});
