import type { TestTenant } from '../../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

describe('the list of users', () => {
  let test: TestApp;
  let world: TenantWorld;
  let tenant: TestTenant;
  const list = async (query: string): Promise<{ names: string[]; meta: Record<string, unknown> }> => {
    const { status, body } = await world.as('owner', tenant).get(`/users?${query}`);
    expect(status).toBe(200);
    return { names: body.data.map(({ username }: { username: string }) => username), meta: body.meta };
  };

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
    tenant = await world.make.createTenant({ plan: 'professional' });
    const people = [
      { username: 'ada', firstName: 'Ada', lastName: 'Lovelace', role: 'admin' },
      { username: 'grace', firstName: 'Grace', lastName: 'Hopper' },
      { username: 'grace_100', firstName: 'Grace', lastName: '100%', role: 'viewer' },
      { username: 'alan', firstName: 'Alan', lastName: 'Turing' },
    ];
    for (const person of people) {
      const { status } = await world
        .as('owner', tenant)
        .post('/users', { role: 'member', email: `${person.username}@example.com`, ...person });
      expect(status).toBe(201);
    }
  });

  afterAll(() => test.close());

  it('pages, newest first by default', async () => {
    expect(await list('page=1&limit=2')).toEqual({
      names: ['alan', 'grace_100'],
      meta: { page: 1, limit: 2, total: 5, totalPages: 3, hasNext: true, hasPrev: false },
    });
    const last = await list('page=3&limit=2');
    expect(last.names).toHaveLength(1);
    expect(last.meta).toMatchObject({ hasNext: false, hasPrev: true });
    expect((await list('page=9')).names).toEqual([]);
  });

  it('sorts by several fields', async () => {
    const { names } = await list('sort=-firstName,lastName&status=INVITED');
    expect(names).toEqual(['grace_100', 'grace', 'alan', 'ada']);
  });

  it.each([
    ['search=lovelace', ['ada']],
    ['search=GRACE+hop', ['grace']],
    ['search=grace', ['grace', 'grace_100']],
    ['search=%25', ['grace_100']],
    ['search=e_1', ['grace_100']],
    ['search=%5C', []],
    ['search=ada+turing', []],
    ['role=admin', ['ada']],
    ['role=viewer&status=INVITED', ['grace_100']],
    ['role=viewer&status=ACTIVE', []],
  ])('finds by %s', async (query, expected) => {
    expect((await list(`${query}&sort=username`)).names).toEqual(expected);
  });

  it('shows nobody of another tenant', async () => {
    const { names } = await list('limit=100');
    expect(names).toHaveLength(5);
  });
});
