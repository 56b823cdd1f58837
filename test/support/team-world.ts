import { withClient } from '../../scripts/db/connect.ts';
import type { TestTenant } from './factories/tenants.js';
import type { TestUser } from './factories/users.js';
import { uniqueName } from './unique-name.js';
import { testDatabase } from './test-database.js';
import type { Person, TenantWorld } from './tenant-world.js';

export interface Team {
  tenant: TestTenant;
  owner: Person;
  leaver: Person & { user: TestUser };
  stayer: Person & { user: TestUser };
}

/** A new tenant with an owner, and two members: somebody who leaves and somebody who stays. All are signed in. */
export async function newTeam(world: TenantWorld): Promise<Team> {
  const tenant = await world.make.createTenant();
  const owner = world.bearer(await world.make.tokenFor(tenant.owner));
  const leaver = await world.newPerson({ role: 'member' }, tenant);
  const stayer = await world.newPerson({ role: 'member' }, tenant);
  return { tenant, owner, leaver, stayer };
}

/** Ids of new workflows of a person. */
export async function workflowsOf(person: Person, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const response = await person.post('/workflows', {
      name: uniqueName('workflow'),
      trigger: 'manual',
      nodes: [{ id: 'start', type: 'trigger', config: {} }],
      edges: [],
    });
    expect(response.status).toBe(201);
    ids.push(response.body.id as string);
  }
  return ids;
}

/** Everything a tenant has, in every table and in the queue, a line a row: read past the application. */
export async function stateOf({ id }: Pick<TestTenant, 'id'>, { without = [] as string[] } = {}): Promise<string> {
  const { adminUrl } = await testDatabase();
  return withClient(adminUrl, async (admin) => {
    const { rows: tables } = await admin.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1`,
    );
    const lines: string[] = [];
    for (const { name } of tables.filter((table) => !without.includes(table.name))) {
      const { rows } = await admin.query<{ row: string }>(
        `SELECT t::text AS row FROM "${name}" t WHERE tenant_id = $1 ORDER BY 1`,
        [id],
      );
      lines.push(name, ...rows.map(({ row }) => row));
    }
    const jobs = await admin.query<{ row: string }>(
      `SELECT payload::text AS row FROM jobs._private_jobs WHERE payload ->> 'tenantId' = $1 ORDER BY 1`,
      [id],
    );
    return [...lines, 'jobs', ...jobs.rows.map(({ row }) => row)].join('\n');
  });
}
