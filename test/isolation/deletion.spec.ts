import { sqlStateOf } from '../../src/common/prisma/prisma-errors.js';
import { createTenancyHarness, type TenancyHarness, type TestTenant } from './tenancy-harness.js';

/*
 * Deleting a tenant for good takes rows from tables that nobody else may delete from. That function works for the platform's
 * role alone, and on tenants that have begun to go alone.
 */

let harness: TenancyHarness;
beforeAll(async () => {
  harness = await createTenancyHarness();
});
afterAll(() => harness.close());

const deleteUsers = async ({ id }: TestTenant, table = 'public.users'): Promise<number> => {
  const [row] = await harness.platform.$queryRaw<{ deleted: number }[]>`
    SELECT app.delete_rows_of_tenant(${id}::uuid, ${table}, false, 100) AS deleted`;
  return row!.deleted;
};

const set = ({ id }: TestTenant, changes: string) => harness.sql(`UPDATE tenants SET ${changes} WHERE id = $1`, [id]);
const stateOf = (attempt: Promise<unknown>) => attempt.then(() => undefined, sqlStateOf);

const DUE = `status = 'PENDING_DELETION', deletion_scheduled_at = now() - interval '1 hour'`;
const LATER = `status = 'PENDING_DELETION', deletion_scheduled_at = now() + interval '1 hour'`;

async function tenantGoing(): Promise<TestTenant> {
  const tenant = await harness.newTenant();
  await set(tenant, `${DUE}, deletion_started_at = now()`);
  return tenant;
}

describe('rows of a tenant are deleted', () => {
  it('once its deletion has begun, and no other tenant’s', async () => {
    const [going, other] = [await tenantGoing(), await tenantGoing()];
    expect(await deleteUsers(going)).toBe(1);
    expect(await deleteUsers(going)).toBe(0);
    expect(await harness.sql('SELECT id FROM users WHERE tenant_id = $1', [other.id])).toEqual([{ id: other.userId }]);
  });

  it.each([
    ['it lives', `status = 'ACTIVE'`],
    ['its time has not come', LATER],
    ['its time has not come, whatever says that it has begun', `${LATER}, deletion_started_at = now()`],
    ['it is due, but may still be taken back', DUE],
  ])('never while %s', async (_, changes) => {
    const tenant = await harness.newTenant();
    await set(tenant, changes);
    expect(await deleteUsers(tenant)).toBe(0);
    expect(await harness.sql('SELECT id FROM users WHERE tenant_id = $1', [tenant.id])).toHaveLength(1);
  });

  it('in no other table than those of tenants', async () => {
    const going = await tenantGoing();
    for (const table of [
      'public.tenants',
      'public.platform_admins',
      'users; DROP TABLE users',
      'pg_catalog.pg_class',
    ]) {
      expect(await stateOf(deleteUsers(going, table))).toBe('42501');
    }
  });

  it('by nobody who is in another tenant', async () => {
    const going = await tenantGoing();
    expect(await stateOf(harness.as(harness.a, () => deleteUsers(going)))).toBe('42501');
    expect(await harness.sql('SELECT id FROM users WHERE tenant_id = $1', [going.id])).toHaveLength(1);
  });
});

describe('a tenant whose deletion has begun', () => {
  it.each([
    ['is not taken back', `status = 'SUSPENDED', deletion_scheduled_at = NULL, deletion_started_at = NULL`],
    ['does not forget that it has begun', 'deletion_started_at = NULL'],
    ['is not put off', `deletion_scheduled_at = now() + interval '1 day'`],
  ])('%s, not even by the superuser', async (_, changes) => {
    expect(await stateOf(set(await tenantGoing(), changes))).toBe('55000');
  });

  it('awaits deletion', async () => {
    expect(await stateOf(set(await harness.newTenant(), 'deletion_started_at = now()'))).toBe('23514');
  });
});
