import { globSync, readFileSync } from 'node:fs';
import { describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { trigger } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

let app: TestApp;
let world: TenantWorld;
beforeAll(async () => {
  app = await createTestApp();
  world = await TenantWorld.create(app);
});
afterAll(() => app.close());

interface Named {
  name: string;
  description: string;
}

async function listed<T extends Named>(path: string): Promise<T[]> {
  const { body } = await world.as('viewer').get(path);
  return (body as { data: T[] }).data;
}

describeContract(() => world, {
  'GET /events': { allow: 'viewer', invalidQueries: ['limit=101', 'sort=name'] },
  'GET /permissions': { allow: 'viewer', invalidQueries: ['limit=101', 'sort=name'] },
});

describe('The catalogue of events', () => {
  it('names what modules declare, whole, with an example of each', async () => {
    const events = await listed<Named & { example: { name: string; payload: object } }>('/events');
    const names = events.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    const expected = [
      'power_transfer.accepted',
      'power_transfer.cancelled',
      'power_transfer.rejected',
      'power_transfer.requested',
      'user.became_owner',
      'user.created',
      'user.deactivated',
      'user.deleted',
      'user.offboarded',
      'user.reactivated',
      'user.updated',
      'workflow.transferred',
      'workflow_run.failed',
    ];
    expect(names).toEqual(expect.arrayContaining(expected));
    for (const { name, description, example } of events) {
      expect(description).toMatch(/\.$/);
      expect(example).toMatchObject({ name, id: expect.any(String), occurredAt: expect.any(String) });
      expect(Object.keys(example.payload).length).toBeGreaterThan(0);
    }
  });

  it('has every event that is emitted by its name', async () => {
    const known = new Set((await listed('/events')).map(({ name }) => name));
    const emitted = globSync('src/**/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/events\.emit\(\s*'([^']+)'/g)].map(([, name]) => name!),
    );
    expect(emitted.length).toBeGreaterThan(0);
    expect(emitted.filter((name) => !known.has(name))).toEqual([]);
  });

  it('decides what a workflow may wait for, and leaves custom names free', async () => {
    const problemsOf = async (name: string): Promise<unknown> => {
      const body = { name: uniqueName(), nodes: [trigger()], edges: [], trigger: 'event', triggerConfig: { name } };
      const { body: made } = await world.as('owner').post('/workflows', body);
      const { id } = made as { id: string };
      const problems = (await world.as('owner').post(`/workflows/${id}/validate`)).body as { problems: unknown };
      const activated = await world.as('owner').post(`/workflows/${id}/activate`);
      return [activated.status, ...(problems.problems as { pointer: string; code: string }[]).map(({ code }) => code)];
    };
    expect(await problemsOf('user.creatd')).toEqual([422, 'event_unknown']);
    expect(await problemsOf('user.created')).toEqual([200]);
    expect(await problemsOf('custom.order.placed')).toEqual([200]);
  });
});

describe('The list of permissions', () => {
  interface Permission extends Named {
    leastRole: string | null;
    personal: boolean;
  }

  it('tells names, words and the least role of all that the tenant has', async () => {
    const permissions = await listed<Permission>('/permissions');
    expect(permissions).toContainEqual({
      name: 'workflow:delete',
      description: 'Delete workflows with their versions and runs',
      leastRole: 'admin',
      personal: false,
    });
    expect(permissions).toContainEqual(
      expect.objectContaining({ name: 'power_transfer:create', leastRole: 'owner', personal: true }),
    );
    const { body } = await world.as('owner').get('/auth/me');
    expect(permissions.map(({ name }) => name)).toEqual((body as { permissions: string[] }).permissions);
  });

  it('has those of the platform for platform admins', async () => {
    const platform = world.bearer(await world.make.platformToken());
    const { body } = await platform.get('/permissions', { 'X-Tenant-ID': world.tenant.id });
    expect((body as { data: Permission[] }).data).toContainEqual(
      expect.objectContaining({ name: 'platform:tenants:write', leastRole: null }),
    );
  });
});

describe('A request that names no tenant', () => {
  it('is told the way of the README where the body may name it, and the others where it may not', async () => {
    const credentials = { identifier: 'owner@demo.test', password: 'demo-password' };
    const signIn = await world.nobody().post('/auth/login', credentials);
    expect(problemOf(signIn)).toEqual({ status: 400, code: 'tenant.required' });
    expect(signIn.body).toMatchObject({
      detail: expect.stringContaining('"tenant" in the body'),
      errors: [{ pointer: '/tenant', code: 'required' }],
    });
    const platform = world.bearer(await world.make.platformToken());
    const list = await platform.get('/users');
    expect(problemOf(list)).toEqual({ status: 400, code: 'tenant.required' });
    expect((list.body as { detail: string }).detail).toMatch(/X-Tenant-Slug/);
    expect((list.body as { detail: string }).detail).not.toMatch(/body/);
  });
});
