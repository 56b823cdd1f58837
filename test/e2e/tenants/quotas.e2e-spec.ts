import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { EventStream } from '../../support/event-stream.js';
import { eventually } from '../../support/eventually.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import type { Person } from '../../support/tenant-world.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

const FULL = { status: 422, code: 'plan.limit_reached' };
const PASSWORD = 'correct horse battery';
const DELAYED = { nodes: [trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges: edges('start -> wait') };

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

const tenantWith = (quota: Record<string, number>): Promise<TestTenant> => world.tenants.make.createTenant({ quota });
const person = (tenant: TestTenant, role: 'viewer' | 'admin' = 'viewer') => world.tenants.newPerson({ role }, tenant);
const inTenant = <T>(tenant: TestTenant, fn: (prisma: PrismaService) => Promise<T>): Promise<T> =>
  world.tenants.make.inTenant(tenant, () => fn(app.app.get(PrismaService)));

describe('The usage of a tenant', () => {
  it('tells every limit, and how much of each there is', async () => {
    const tenant = await tenantWith({ apiKeys: 9, openRuns: 7 });
    const owner = world.as('owner', tenant);
    const { id } = (await owner.post('/workflows', { name: uniqueName(), ...DELAYED })).body as { id: string };
    await owner.post(`/workflows/${id}/runs`);
    await owner.post('/lua-scripts', { name: 'one', code: 'return 1' });
    await owner.post('/api-keys', { name: 'a program' });
    const { body } = await owner.get('/tenant/usage');
    expect(body).toMatchObject({
      used: { workflows: 1, scripts: 1, openRuns: 1, apiKeys: 1, emailsPerDay: 0 },
      limits: {
        users: 1000,
        workflows: 2500,
        workflowVersions: 1000,
        scripts: 5000,
        concurrentRuns: 50,
        openRuns: 7,
        apiKeys: 9,
        apiKeysPerUser: 2,
        sessionsPerUser: 100,
        eventStreams: 200,
        eventStreamsPerUser: 50,
        emailsPerDay: 100_000,
        emailRecipients: 10,
        powerTransfersPerDay: 20,
      },
    });
  });
});

describe('Versions of a workflow', () => {
  const change = async (owner: Person, id: string, n: number): Promise<number> =>
    (await owner.patch(`/workflows/${id}`, { description: `Number ${n}` })).status;
  const numbersOf = (tenant: TestTenant, workflowId: string): Promise<number[]> =>
    inTenant(tenant, async (prisma) => {
      const rows = await prisma.workflowVersion.findMany({ where: { workflowId }, select: { number: true } });
      return rows.map(({ number }) => number).sort((one, other) => one - other);
    });

  it('stay while they are among the newest hundred, or a run uses them', async () => {
    const tenant = await tenantWith({});
    const owner = world.as('owner', tenant);
    const { id } = (await owner.post('/workflows', { name: uniqueName(), ...DELAYED })).body as { id: string };
    await change(owner, id, 2);
    const run = (await owner.post(`/workflows/${id}/runs`)).body as { id: string };
    for (let n = 3; n <= 110; n += 1) expect(await change(owner, id, n)).toBe(200);
    const numbers = await numbersOf(tenant, id);
    expect(numbers).toEqual([2, ...Array.from({ length: 100 }, (_, n) => n + 11)]);
    expect((await owner.get(`/workflow-runs/${run.id}`)).status).toBe(200);
    expect((await owner.get(`/workflows/${id}/versions/2`)).status).toBe(200);
    expect((await owner.get(`/workflows/${id}/versions/3`)).status).toBe(404);
  });

  it('are not made beyond the limit', async () => {
    const tenant = await tenantWith({ workflowVersions: 3 });
    const owner = world.as('owner', tenant);
    const { id } = (await owner.post('/workflows', { name: uniqueName(), ...DELAYED })).body as { id: string };
    expect([await change(owner, id, 2), await change(owner, id, 3), await change(owner, id, 4)]).toEqual([
      200, 200, 422,
    ]);
  });
});

describe('Lua scripts of a tenant', () => {
  it('are not made beyond the limit, not by two at once either', async () => {
    const owner = world.as('owner', await tenantWith({ scripts: 2 }));
    const create = (name: string) => owner.post('/lua-scripts', { name, code: 'return 1' });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(create));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422, 422]);
    expect(problemOf(await create('e'))).toEqual(FULL);
  });
});

describe('API keys of a tenant', () => {
  const create = (who: Person) => who.post('/api-keys', { name: 'a program' });

  it('are a quarter of its limit for one user', async () => {
    const tenant = await tenantWith({ apiKeys: 8 });
    const [greedy, other] = [await person(tenant), await person(tenant)];
    const answers = await Promise.all([create(greedy), create(greedy), create(greedy)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422]);
    expect((await create(other)).status).toBe(201);
    const { body } = await greedy.get('/api-keys');
    expect((await greedy.delete(`/api-keys/${(body as { data: { id: string }[] }).data[0]!.id}`)).status).toBe(204);
    expect((await create(greedy)).status).toBe(201);
  });

  it('are not made beyond its limit, whoever has them', async () => {
    const tenant = await tenantWith({ apiKeys: 3 });
    for (let n = 0; n < 3; n += 1) expect((await create(await person(tenant))).status).toBe(201);
    expect(problemOf(await create(await person(tenant)))).toEqual(FULL);
  });

  it('that were revoked do not pile up', async () => {
    const tenant = await tenantWith({});
    const somebody = await person(tenant);
    await inTenant(tenant, (prisma) =>
      prisma.apiKey.createMany({
        data: Array.from({ length: 150 }, (_, n) => ({
          userId: somebody.user.id,
          name: 'old',
          prefix: 'abc',
          secretHash: `${somebody.user.id} ${n}`,
          revokedAt: new Date(),
        })),
      }),
    );
    expect((await create(somebody)).status).toBe(201);
    expect(await inTenant(tenant, (prisma) => prisma.apiKey.count({ where: { userId: somebody.user.id } }))).toBe(101);
  });
});

describe('Sessions of one user', () => {
  it('make room for a new one: the one that was used longest ago ends', async () => {
    const tenant = await tenantWith({ sessionsPerUser: 2 });
    const user = await world.tenants.make.createUser(tenant, { password: PASSWORD });
    const other = await world.tenants.make.createUser(tenant, { password: PASSWORD });
    type Tokens = { accessToken: string; refreshToken: string };
    const signIn = async (email: string): Promise<Tokens> =>
      (await world.tenants.signIn(email, PASSWORD, tenant)).body as Tokens;
    const refresh = ({ refreshToken }: Tokens) => world.tenants.nobody().post('/auth/refresh', { refreshToken });
    const [first, second, foreign] = [await signIn(user.email), await signIn(user.email), await signIn(other.email)];
    // The first is used once more, so the second is older.
    const again = (await refresh(first)).body as Tokens;
    const third = await signIn(user.email);
    expect((await world.tenants.bearer(second.accessToken).get('/auth/me')).status).toBe(401);
    expect((await refresh(second)).status).toBe(401);
    for (const alive of [again, third, foreign]) expect((await refresh(alive)).status).toBe(200);
    const audit = await world.tenants.make.auditEntries(tenant);
    expect(audit).toContainEqual(
      expect.objectContaining({ action: 'session.revoked', details: { reason: 'plan.limit_reached' } }),
    );
  });
});

describe('Event streams of a tenant', () => {
  it('are a quarter of its limit for one user, and others still get theirs', async () => {
    const tenant = await tenantWith({ eventStreams: 8 });
    const owner = world.as('owner', tenant);
    const { id } = (await owner.post('/workflows', { name: uniqueName(), ...DELAYED })).body as { id: string };
    const run = (await owner.post(`/workflows/${id}/runs`)).body as { id: string };
    const tokenOf = async (): Promise<string> =>
      world.tenants.make.tokenFor(await world.tenants.make.createUser(tenant, { role: 'viewer' }));
    const [greedy, other] = [await tokenOf(), await tokenOf()];
    const open = (token: string): Promise<EventStream> =>
      EventStream.open(app, `/workflow-runs/${run.id}/events`, { Authorization: `Bearer ${token}` });
    const streams = [await open(greedy), await open(greedy)];
    const refused = await open(greedy);
    expect(refused.response.status).toBe(429);
    expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(0);
    streams.push(await open(other));
    expect(streams.map(({ response }) => response.status)).toEqual([200, 200, 200]);
    streams[0]!.close();
    const reopened = await eventually(
      () => open(greedy),
      ({ response }) => response.status === 200,
    );
    for (const stream of [...streams, reopened]) stream.close();
  });
});

describe('Mails of a tenant', () => {
  const send = (to: string[]): object => ({
    name: uniqueName(),
    nodes: [trigger(), action('mail', 'email.send', { to, subject: 'Hi', text: 'There.' })],
    edges: edges('start -> mail'),
  });

  async function outcome(owner: Person, to: string[]): Promise<string | null> {
    const { id } = (await owner.post('/workflows', send(to))).body as { id: string };
    const run = (await owner.post(`/workflows/${id}/runs`)).body as { id: string };
    const ended = await eventually(
      async () =>
        (await owner.get(`/workflow-runs/${run.id}`)).body as { status: string; error: { code: string } | null },
      ({ status }) => status === 'succeeded' || status === 'failed',
    );
    return ended.error?.code ?? null;
  }

  it('go to a limited number of people in a day, by workflows and invitations together', async () => {
    const owner = world.as('owner', await tenantWith({ emailsPerDay: 3 }));
    expect(await outcome(owner, ['a@example.test', 'b@example.test'])).toBeNull();
    expect(await outcome(owner, ['a@example.test', 'b@example.test'])).toBe('plan.limit_reached');
    const invite = (n: number) => owner.post('/users/invitations', { email: `${n}@example.test`, role: 'member' });
    expect((await invite(1)).status).toBe(201);
    expect(problemOf(await invite(2))).toEqual(FULL);
    expect((await owner.get('/tenant/usage')).body).toMatchObject({ used: { emailsPerDay: 3 } });
    expect((await owner.get('/users?search=2@example.test')).body).toMatchObject({ data: [] });
  });

  it('have a limited number of recipients', async () => {
    const owner = world.as('owner', await tenantWith({ emailRecipients: 1 }));
    expect(await outcome(owner, ['a@example.test', 'b@example.test'])).toBe('plan.limit_reached');
    expect(await outcome(owner, ['a@example.test'])).toBeNull();
  });
});

describe('Transfers of power', () => {
  it('are offered a limited number of times in a day', async () => {
    const tenant = await tenantWith({ powerTransfersPerDay: 1 });
    const owner = world.as('owner', tenant);
    const offer = async () => owner.post('/power-transfers', { toUserId: (await person(tenant, 'admin')).user.id });
    expect((await offer()).status).toBe(201);
    expect(problemOf(await offer())).toEqual(FULL);
  });
});

describe('Tickets of event streams', () => {
  it('that have expired go when new ones are made', async () => {
    const tenant = await tenantWith({});
    await inTenant(tenant, (prisma) =>
      prisma.streamTicket.createMany({
        data: Array.from({ length: 50 }, (_, n) => ({
          tokenHash: `${n}`,
          actor: {},
          expiresAt: new Date(Date.now() - 1000),
        })),
      }),
    );
    expect((await world.as('owner', tenant).post('/auth/stream-ticket')).status).toBe(201);
    expect(await inTenant(tenant, (prisma) => prisma.streamTicket.count())).toBe(1);
  });
});
