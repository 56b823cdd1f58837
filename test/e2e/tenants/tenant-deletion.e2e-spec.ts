import { jest } from '@jest/globals';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { sqlStateOf } from '../../../src/common/prisma/prisma-errors.js';
import { TenantDeletionRepository } from '../../../src/modules/tenants/lifecycle/tenant-deletion.repository.js';
import { TenantDeletionService } from '../../../src/modules/tenants/lifecycle/tenant-deletion.service.js';
import { problemOf } from '../../support/contract.js';
import { type Factories, factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import {
  createLargeTenantWorld,
  type LargeTenantWorld,
  PLANTED_TABLES,
  TIMEOUT_MS,
} from '../../support/large-tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

let world: LargeTenantWorld;
let test: TestApp;
let make: Factories;
let deletion: TenantDeletionService;
let repository: TenantDeletionRepository;
let platform: PlatformPrismaService;

beforeAll(async () => {
  world = await createLargeTenantWorld();
  test = await createTestApp(world.config);
  make = factories(test.app);
  deletion = test.app.get(TenantDeletionService, { strict: false });
  repository = test.app.get(TenantDeletionRepository, { strict: false });
  platform = test.app.get(PlatformPrismaService);
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await test?.close();
  await world.close();
});

async function dueTenant(rows: number): Promise<TestTenant> {
  const tenant = await make.createTenant();
  await world.fill(tenant, rows);
  await platform.tenant.updateMany({
    where: { id: tenant.id },
    data: { status: 'PENDING_DELETION', deletionScheduledAt: new Date(0) },
  });
  return tenant;
}

const move = async ({ id }: TestTenant, verb: string) =>
  test.http.post(`/api/v1/platform/tenants/${id}/${verb}`).set('Authorization', `Bearer ${await make.platformToken()}`);

describe('Deleting a large tenant for good', () => {
  it(
    'ends where one statement could not, and touches nobody else',
    async () => {
      const [doomed, other] = [await dueTenant(20_000), await dueTenant(100)];
      const [before, held] = [await world.rowsOf(other), await world.rowsOf(doomed)];
      expect(Object.keys(held)).toEqual(
        expect.arrayContaining(['audit_log', 'users', 'workflow_run_events', ...PLANTED_TABLES]),
      );

      const atOnce = platform.tenant.deleteMany({ where: { id: doomed.id } });
      expect(await atOnce.then(() => undefined, sqlStateOf)).toBe('57014');
      expect(await world.rowsOf(doomed)).toEqual(held);

      expect(await deletion.deleteIfDue(doomed.id)).toBe(true);
      expect(await world.rowsOf(doomed)).toEqual({});
      expect(await platform.tenant.count({ where: { id: doomed.id } })).toBe(0);
      expect(await world.rowsOf(other)).toEqual(before);
    },
    20 * TIMEOUT_MS,
  );

  it('leaves to the last statement only what refers to each other in a circle', async () => {
    const tenant = await dueTenant(1500);
    jest.spyOn(repository, 'finish').mockResolvedValueOnce(false);
    expect(await deletion.deleteIfDue(tenant.id)).toBe(false);
    expect(await world.rowsOf(tenant)).toEqual({ planted_left: 1, planted_right: 1 });
    expect(await deletion.deleteIfDue(tenant.id)).toBe(true);
    expect(await world.rowsOf(tenant)).toEqual({});
  });

  it('goes on where it was interrupted', async () => {
    const tenant = await dueTenant(2500);
    const process = new AbortController();
    const { deleteRows } = repository;
    jest.spyOn(repository, 'deleteRows').mockImplementation(async (...args) => {
      const deleted = await deleteRows.apply(repository, args);
      if (deleted > 0) process.abort(new Error('The process ends.'));
      return deleted;
    });
    const held = total(await world.rowsOf(tenant));
    await expect(deletion.deleteIfDue(tenant.id, process.signal)).rejects.toThrow('The process ends.');
    const left = total(await world.rowsOf(tenant));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(held);
    expect(await platform.tenant.count({ where: { id: tenant.id } })).toBe(1);

    jest.restoreAllMocks();
    await deletion.deleteAllDue();
    expect(await platform.tenant.count({ where: { id: tenant.id } })).toBe(0);
    expect(await world.rowsOf(tenant)).toEqual({});
  });

  it('is done once by two processes at once', async () => {
    const tenant = await dueTenant(2500);
    const done = await Promise.all([deletion.deleteIfDue(tenant.id), deletion.deleteIfDue(tenant.id)]);
    expect(done.sort()).toEqual([false, true]);
    expect(await world.rowsOf(tenant)).toEqual({});
  });
});

describe('Taking the deletion of a tenant back', () => {
  it('before it has begun costs not a row', async () => {
    const tenant = await dueTenant(100);
    const before = await world.rowsOf(tenant);
    expect((await move(tenant, 'restore')).body).toMatchObject({ status: 'SUSPENDED', deletionScheduledAt: null });
    expect(await deletion.deleteIfDue(tenant.id)).toBe(false);
    // What was restored is written into its log.
    expect(await world.rowsOf(tenant)).toEqual({ ...before, audit_log: before['audit_log']! + 1 });
  });

  it('is refused once it has begun', async () => {
    const tenant = await dueTenant(0);
    expect(await repository.begin(tenant.id)).toBe(true);
    for (const verb of ['restore', 'suspend', 'activate']) {
      expect(problemOf(await move(tenant, verb))).toEqual({ status: 409, code: 'tenant.deletion_begun' });
    }
    expect(await deletion.deleteIfDue(tenant.id)).toBe(true);
  });

  it('at the same moment is either the one or the other', async () => {
    const tenant = await dueTenant(10);
    const [restored, deleted] = await Promise.all([move(tenant, 'restore'), deletion.deleteIfDue(tenant.id)]);
    expect([200, 404, 409]).toContain(restored.status);
    expect(deleted).toBe(restored.status !== 200);
    expect(await platform.tenant.count({ where: { id: tenant.id } })).toBe(deleted ? 0 : 1);
  });
});

const total = (rows: Record<string, number>): number => Object.values(rows).reduce((sum, count) => sum + count, 0);
