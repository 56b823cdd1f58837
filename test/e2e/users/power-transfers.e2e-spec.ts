import { randomUUID } from 'node:crypto';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { ExpirePowerTransferTask } from '../../../src/modules/users/power-transfers/expire-power-transfer.task.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { queuedFor } from '../../support/queued-tasks.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { type Person, TenantWorld } from '../../support/tenant-world.js';

describe('power transfers over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const prisma = () => test.app.get(PrismaService);

  /** A new tenant with an owner and somebody of the role, both signed in. */
  async function people(role: 'viewer' | 'member' | 'admin' = 'member') {
    const tenant = await world.make.createTenant();
    const owner = world.bearer(await world.make.tokenFor(tenant.owner));
    const target = await world.newPerson({ role }, tenant);
    return { tenant, owner, target };
  }

  async function offered(role: 'viewer' | 'member' | 'admin' = 'member') {
    const made = await people(role);
    const response = await made.owner.post('/power-transfers', { toUserId: made.target.user.id });
    expect(response.status).toBe(201);
    return { ...made, id: response.body.id as string, offer: response.body };
  }

  const rolesOf = async (tenant: TestTenant): Promise<Record<string, string>> => {
    const rows = await world.make.inTenant(tenant, () => prisma().user.findMany({ select: { id: true, role: true } }));
    return Object.fromEntries(rows.map(({ id, role }) => [id, role]));
  };

  const expireNow = (tenant: TestTenant, id: string) =>
    world.make.inTenant(tenant, () =>
      prisma().powerTransferRequest.updateMany({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } }),
    );

  async function foreignTransfer(): Promise<string> {
    const response = await world
      .as('owner', world.other)
      .post('/power-transfers', { toUserId: (await world.newPerson({}, world.other)).user.id });
    return response.body.id as string;
  }

  describeContract(() => Object.assign(world, { foreignId: foreignTransfer }), {
    'GET /power-transfers': { allow: 'viewer', invalidQueries: ['status=open', 'limit=101', 'surprise=1'] },
    'POST /power-transfers': {
      allow: 'owner',
      body: { toUserId: randomUUID() },
      invalidBodies: { 'an id that is none': { toUserId: 'ada' }, 'nobody at all': {} },
    },
    'POST /power-transfers/:id/accept': { allow: 'viewer' },
    'POST /power-transfers/:id/reject': { allow: 'viewer' },
    'POST /power-transfers/:id/cancel': { allow: 'owner' },
  });

  it('makes the one who accepts the owner and the owner an admin, at once for both', async () => {
    const { tenant, owner, target, id, offer } = await offered('viewer');
    expect(offer).toEqual({
      id,
      fromUserId: tenant.owner.id,
      toUserId: target.user.id,
      status: 'pending',
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      resolvedAt: null,
    });
    expect(Date.parse(offer.expiresAt) - Date.parse(offer.createdAt)).toBeGreaterThan(59 * 60_000);
    expect(Date.parse(offer.expiresAt) - Date.parse(offer.createdAt)).toBeLessThan(61 * 60_000);

    const accepted = await target.post(`/power-transfers/${id}/accept`);
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({ id, status: 'accepted', resolvedAt: expect.any(String) });
    expect(await rolesOf(tenant)).toEqual({ [tenant.owner.id]: 'admin', [target.user.id]: 'owner' });
    // The very next request of each meets the new rights.
    expect((await target.get('/auth/me')).body.user.role).toBe('owner');
    expect(problemOf(await owner.post('/power-transfers', { toUserId: target.user.id })).status).toBe(403);
  });

  it('is written into the audit log with who had which role before', async () => {
    const { tenant, target, id } = await offered();
    await target.post(`/power-transfers/${id}/accept`);
    expect((await world.auditOf(id, tenant)).map(({ action }) => action)).toEqual([
      'power_transfer.requested',
      'power_transfer.accepted',
    ]);
    expect(await world.auditOf(target.user.id, tenant)).toEqual([
      expect.objectContaining({
        action: 'user.became_owner',
        actorId: target.user.id,
        details: { before: { role: 'member' }, after: { role: 'owner' } },
      }),
    ]);
  });

  it.each(['reject', 'cancel'])(
    'changes no role when it ends by %s, and cannot be accepted afterwards',
    async (how) => {
      const { tenant, owner, target, id } = await offered();
      const ended = await (how === 'reject' ? target : owner).post(`/power-transfers/${id}/${how}`);
      expect(ended.body.status).toBe(how === 'reject' ? 'rejected' : 'cancelled');
      const late = await target.post(`/power-transfers/${id}/accept`);
      expect(problemOf(late)).toEqual({ status: 409, code: `power_transfer.${ended.body.status}` });
      expect((await rolesOf(tenant))[tenant.owner.id]).toBe('owner');
    },
  );

  it('cannot be accepted once its hour is over, even before anything has noted that', async () => {
    const { tenant, target, id } = await offered();
    await expireNow(tenant, id);
    expect(problemOf(await target.post(`/power-transfers/${id}/accept`))).toEqual({
      status: 409,
      code: 'power_transfer.expired',
    });
    const expired = await target.get('/power-transfers?status=expired');
    expect(expired.body.data).toEqual([expect.objectContaining({ id, status: 'expired' })]);
    expect((await target.get('/power-transfers?status=pending')).body.data).toEqual([]);
  });

  it('can be offered again to somebody who let it expire', async () => {
    const { tenant, owner, target, id } = await offered();
    await expireNow(tenant, id);
    expect((await owner.post('/power-transfers', { toUserId: target.user.id })).status).toBe(201);
  });

  it('has a job that notes the end of its hour, and does nothing before', async () => {
    const { tenant, id } = await offered();
    const [job, ...others] = await queuedFor(tenant, 'power_transfer.expire');
    expect(others).toEqual([]);
    expect(job).toMatchObject({ inFuture: true, payload: { data: { id } } });
    const statusAfterTask = () =>
      world.make.inTenant(tenant, async () => {
        await test.app.get(ExpirePowerTransferTask).handle({ id });
        return (await prisma().powerTransferRequest.findFirstOrThrow({ where: { id } })).status;
      });
    expect(await statusAfterTask()).toBe('pending');
    await expireNow(tenant, id);
    expect(await statusAfterTask()).toBe('expired');
  });

  it('asks nobody twice at a time', async () => {
    const { owner, target } = await offered();
    expect(problemOf(await owner.post('/power-transfers', { toUserId: target.user.id }))).toEqual({
      status: 409,
      code: 'power_transfer.pending',
    });
  });

  it('is not for oneself, for nobody, or for somebody who cannot sign in', async () => {
    const { tenant, owner } = await people();
    const invited = await world.make.createUser(tenant, { status: 'INVITED' });
    const ask = async (toUserId: string) => problemOf(await owner.post('/power-transfers', { toUserId }));
    expect(await ask(tenant.owner.id)).toEqual({ status: 422, code: 'power_transfer.to_oneself' });
    expect(await ask(randomUUID())).toEqual({ status: 404, code: 'user.not_found' });
    expect(await ask(world.other.owner.id)).toEqual({ status: 404, code: 'user.not_found' });
    expect(await ask(invited.id)).toEqual({ status: 422, code: 'power_transfer.target_not_active' });
  });

  it('is answered by the one who was asked alone, and seen by those concerned and admins', async () => {
    const { tenant, owner, target, id } = await offered();
    const admin = await world.newPerson({ role: 'admin' }, tenant);
    const bystander = await world.newPerson({ role: 'manager' }, tenant);
    for (const someone of [owner, admin] as Person[]) {
      for (const answer of ['accept', 'reject']) {
        expect(problemOf(await someone.post(`/power-transfers/${id}/${answer}`))).toEqual({
          status: 403,
          code: 'power_transfer.not_the_target',
        });
      }
    }
    expect(problemOf(await bystander.post(`/power-transfers/${id}/accept`))).toEqual({
      status: 404,
      code: 'power_transfer.not_found',
    });
    const seenBy = async (someone: Person) => (await someone.get('/power-transfers')).body.meta.total;
    expect([await seenBy(owner), await seenBy(target), await seenBy(admin), await seenBy(bystander)]).toEqual([
      1, 1, 1, 0,
    ]);
  });

  it('is no business of platform admins and API keys', async () => {
    const { tenant, owner, target } = await people();
    const platform = world.bearer(await world.make.platformToken());
    const inside = { 'X-Tenant-ID': tenant.id };
    const body = { toUserId: target.user.id };
    expect(problemOf(await platform.post('/power-transfers', body, inside)).status).toBe(403);
    expect(problemOf(await platform.get('/power-transfers', inside)).status).toBe(403);
    const { key } = (await owner.post('/api-keys', { name: 'stolen' })).body;
    const stolen = await world.nobody().post('/power-transfers', body, { 'X-API-Key': key });
    expect(problemOf(stolen).status).toBe(403);
  });

  it('leaves exactly one owner when two accept at the same moment, and withdraws the other offer', async () => {
    const { tenant, owner, target, id } = await offered();
    const second = await world.newPerson({}, tenant);
    const other = (await owner.post('/power-transfers', { toUserId: second.user.id })).body.id as string;
    const answers = await Promise.all([
      target.post(`/power-transfers/${id}/accept`),
      second.post(`/power-transfers/${other}/accept`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const roles = Object.values(await rolesOf(tenant)).sort();
    expect(roles).toEqual(['admin', 'member', 'owner']);
    const statuses = await world.make.inTenant(tenant, () =>
      prisma().powerTransferRequest.findMany({ select: { status: true } }),
    );
    expect(statuses.map(({ status }) => status).sort()).toEqual(['accepted', 'cancelled']);
  });

  it('gives the same answer to a repeated acceptance with its key', async () => {
    const { target, id } = await offered();
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await target.post(`/power-transfers/${id}/accept`, undefined, key);
    const again = await target.post(`/power-transfers/${id}/accept`, undefined, key);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
  });
});
