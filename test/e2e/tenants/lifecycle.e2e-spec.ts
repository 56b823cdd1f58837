import type { RunningTask } from '../../../src/common/queue/task-handler.js';
import { TaskRunner } from '../../../src/common/queue/task-runner.js';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { DeleteDueTenantsTask } from '../../../src/modules/tenants/lifecycle/delete-due-tenants.task.js';
import { DeleteTenantTask } from '../../../src/modules/tenants/lifecycle/delete-tenant.task.js';
import { type TenantStatus } from '../../../src/modules/tenants/tenants.types.js';
import { withClient } from '../../../scripts/db/connect.js';
import { problemOf } from '../../support/contract.js';
import { type Factories, factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';

const DAY_MS = 24 * 3_600_000;

let test: TestApp;
let make: Factories;
let platform: { Authorization: string };

beforeAll(async () => {
  test = await createTestApp({ LOG_LEVEL: 'info' });
  make = factories(test.app);
  platform = { Authorization: `Bearer ${await make.platformToken()}` };
});

afterAll(() => test.close());

const pathOf = ({ id }: { id: string }) => `/api/v1/platform/tenants/${id}`;
const move = (tenant: { id: string }, verb: string) => test.http.post(`${pathOf(tenant)}/${verb}`).set(platform);
const remove = (tenant: { id: string }, headers = {}) =>
  test.http.delete(pathOf(tenant)).set({ ...platform, ...headers });
const read = (tenant: { id: string }) => test.http.get(pathOf(tenant)).set(platform);

async function meAt(tenant: TestTenant): Promise<{ status: number; code?: unknown }> {
  const token = await make.tokenFor(tenant.owner);
  const response = await test.http.get('/api/v1/tenant').set('Authorization', `Bearer ${token}`);
  return response.status === 200 ? { status: 200 } : problemOf(response);
}

/** Brings the due date of a scheduled deletion forward: its time has come. */
async function makeDue({ id }: { id: string }): Promise<void> {
  await test.app.get(PlatformPrismaService).tenant.updateMany({
    where: { id },
    data: { deletionScheduledAt: new Date(Date.now() - DAY_MS) },
  });
}

describe('The life of a tenant', () => {
  it('is suspended, served no more, and activated again', async () => {
    const tenant = await make.createTenant();
    await expect(meAt(tenant)).resolves.toEqual({ status: 200 });

    const suspended = await move(tenant, 'suspend');
    expect(suspended.status).toBe(200);
    expect(suspended.body).toMatchObject({ status: 'SUSPENDED', isActive: false, version: 2 });
    expect(suspended.headers['etag']).toBe(`"${tenant.id}.2"`);
    await expect(meAt(tenant)).resolves.toEqual({ status: 403, code: 'tenant.not_active' });

    expect((await move(tenant, 'activate')).body).toMatchObject({ status: 'ACTIVE', isActive: true, version: 3 });
    await expect(meAt(tenant)).resolves.toEqual({ status: 200 });
  });

  it('takes effect at once for a sign-in that was in use', async () => {
    const tenant = await make.createTenant();
    const headers = { Authorization: `Bearer ${await make.tokenFor(tenant.owner)}` };
    const statusOf = async () => (await test.http.get('/api/v1/tenant').set(headers)).status;
    expect(await statusOf()).toBe(200);
    await move(tenant, 'suspend');
    expect(await statusOf()).toBe(403);
    await move(tenant, 'activate');
    expect(await statusOf()).toBe(200);
  });

  it('is scheduled for deletion in 30 days, restored as suspended, and then activated', async () => {
    const tenant = await make.createTenant();
    const response = await remove(tenant);
    expect(response.status).toBe(204);
    expect(response.text).toBe('');

    const { body } = await read(tenant);
    expect(body.status).toBe('PENDING_DELETION');
    const delay = Date.parse(body.deletionScheduledAt) - Date.parse(body.updatedAt);
    expect(Math.abs(delay - 30 * DAY_MS)).toBeLessThan(60_000);
    await expect(meAt(tenant)).resolves.toEqual({ status: 403, code: 'tenant.not_active' });

    expect((await move(tenant, 'restore')).body).toMatchObject({ status: 'SUSPENDED', deletionScheduledAt: null });
    expect((await move(tenant, 'activate')).body.status).toBe('ACTIVE');
  });

  it('allows nothing else', async () => {
    const allowed: Record<TenantStatus, string[]> = {
      PROVISIONING: [],
      ACTIVE: ['suspend', 'delete'],
      SUSPENDED: ['activate', 'delete'],
      PENDING_DELETION: ['restore'],
    };
    for (const [status, verbs] of Object.entries(allowed)) {
      for (const verb of ['suspend', 'activate', 'restore', 'delete'].filter(
        (candidate) => !verbs.includes(candidate),
      )) {
        const tenant = await make.createTenant({ status: status as TenantStatus });
        const response = await (verb === 'delete' ? remove(tenant) : move(tenant, verb));
        expect({ from: status, verb, ...problemOf(response) }).toEqual({
          from: status,
          status: 409,
          verb,
          code: 'tenant.invalid_transition',
        });
        expect((await read(tenant)).body).toMatchObject({ status, version: 1 });
      }
    }
  });

  it('lets one of ten suspensions at once win', async () => {
    const tenant = await make.createTenant();
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await move(tenant, 'suspend')).status));
    expect(statuses.sort()).toEqual([200, ...Array<number>(9).fill(409)]);
    expect((await read(tenant)).body.version).toBe(2);
  });

  it('lets one of a suspension and a deletion at once come first', async () => {
    const tenant = await make.createTenant();
    const [suspended, deleted] = await Promise.all([move(tenant, 'suspend'), remove(tenant)]);
    // Suspended first: both are allowed in a row. Deleted first: the suspension is not.
    expect(deleted.status).toBe(204);
    expect([200, 409]).toContain(suspended.status);
    expect((await read(tenant)).body.status).toBe('PENDING_DELETION');
  });

  it('answers 404 for a tenant that does not exist', async () => {
    const nobody = { id: '0198c0de-0000-7000-8000-0000000000ff' };
    for (const response of [await move(nobody, 'suspend'), await move(nobody, 'restore'), await remove(nobody)]) {
      expect(problemOf(response)).toEqual({ status: 404, code: 'tenant.not_found' });
    }
  });

  it('honours If-Match when it deletes', async () => {
    const tenant = await make.createTenant();
    expect((await remove(tenant, { 'If-Match': '"other"' })).status).toBe(412);
    expect((await read(tenant)).body.status).toBe('ACTIVE');
    expect((await remove(tenant, { 'If-Match': `"${tenant.id}.1"` })).status).toBe(204);
  });

  it("is written into the tenant's own audit log", async () => {
    const tenant = await make.createTenant();
    await move(tenant, 'suspend');
    await move(tenant, 'activate');
    await remove(tenant);
    await move(tenant, 'restore');
    const entries = await make.auditEntries(tenant);
    expect(entries.map(({ action, actorKind, targetId }) => [action, actorKind, targetId])).toEqual(
      ['suspended', 'activated', 'deletion_scheduled', 'restored'].map((what) => [
        `tenant.${what}`,
        'platform',
        tenant.id,
      ]),
    );
  });

  it("is written into the installation's log, with who did it", async () => {
    const tenant = await make.createTenant();
    await move(tenant, 'suspend');
    const lines = test.log.filter((line) => line['audit'] === true && line['tenantId'] === tenant.id);
    expect(lines).toEqual([
      expect.objectContaining({
        action: 'tenant.suspended',
        actor: { kind: 'platform', id: expect.any(String) },
        requestId: expect.any(String),
      }),
    ]);
  });

  it('replays a retried transition instead of refusing it', async () => {
    const tenant = await make.createTenant();
    const once = () => move(tenant, 'suspend').set('Idempotency-Key', `suspend-${tenant.id}`);
    const [first, second] = [await once(), await once()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toEqual(first.body);
  });
});

describe('The deletion of a tenant for good', () => {
  const job = { signal: new AbortController().signal } as RunningTask;
  const run = ({ id }: { id: string }) => test.app.get(DeleteTenantTask).handle({ tenantId: id }, job);

  it('is enqueued for its day, once per tenant', async () => {
    const tenant = await make.createTenant();
    await remove(tenant);
    await move(tenant, 'restore');
    await remove(tenant);
    const { adminUrl } = await testDatabase();
    const { rows } = await withClient(adminUrl, (admin) =>
      admin.query<{ run_at: Date }>('SELECT run_at FROM jobs.jobs WHERE key LIKE $1', [`%tenant.delete:${tenant.id}`]),
    );
    const { deletionScheduledAt } = (await read(tenant)).body;
    expect(rows.map((row) => row.run_at.toISOString())).toEqual([deletionScheduledAt]);
  });

  it('leaves a tenant alone whose time has not come', async () => {
    const tenant = await make.createTenant();
    await remove(tenant);
    await run(tenant);
    expect((await read(tenant)).status).toBe(200);
  });

  it('leaves a restored tenant alone', async () => {
    const tenant = await make.createTenant();
    await remove(tenant);
    await makeDue(tenant);
    await move(tenant, 'restore');
    await run(tenant);
    expect((await read(tenant)).body.status).toBe('SUSPENDED');
  });

  it('takes the tenant with all it owns, and nobody else', async () => {
    const [doomed, other] = [await make.createTenant(), await make.createTenant()];
    await make.tokenFor(doomed.owner);
    await make.tokenFor(other.owner);
    await remove(doomed);
    await makeDue(doomed);
    const before = await countRows(other.id);
    await run(doomed);
    await run(doomed);
    expect(problemOf(await read(doomed))).toEqual({ status: 404, code: 'tenant.not_found' });
    expect(await countRows(doomed.id)).toEqual({ users: 0, sessions: 0, audit_log: 0 });
    expect(await countRows(other.id)).toEqual(before);
    expect(before).toMatchObject({ users: 1, sessions: 1 });
  });

  it('is done by the queue when the day has come', async () => {
    const tenant = await make.createTenant();
    await remove(tenant);
    await makeDue(tenant);
    const { adminUrl } = await testDatabase();
    await withClient(adminUrl, (admin) =>
      admin.query('UPDATE jobs._private_jobs SET run_at = now() WHERE key LIKE $1', [`%tenant.delete:${tenant.id}`]),
    );
    await test.app.get(TaskRunner).runDue();
    expect((await read(tenant)).status).toBe(404);
  });

  it('finds what a lost job left over', async () => {
    const [due, waiting] = [await make.createTenant(), await make.createTenant()];
    await Promise.all([remove(due), remove(waiting)]);
    await makeDue(due);
    await test.app.get(DeleteDueTenantsTask).handle({}, job);
    expect((await read(due)).status).toBe(404);
    expect((await read(waiting)).status).toBe(200);
  });
});

/** As administrator: row level security hides nothing. */
async function countRows(tenantId: string): Promise<Record<string, number>> {
  const { adminUrl } = await testDatabase();
  return withClient(adminUrl, async (admin) => {
    const counts: Record<string, number> = {};
    for (const table of ['users', 'sessions', 'audit_log']) {
      const { rows } = await admin.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`,
        [tenantId],
      );
      counts[table] = rows[0]!.count;
    }
    return counts;
  });
}
