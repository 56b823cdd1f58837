import { withClient } from '../../scripts/db/connect.ts';
import { wireCountingProxy, type WireCountingProxy } from '../isolation/wire-counting-proxy.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase } from '../support/test-database.js';
import { TenantWorld } from '../support/tenant-world.js';
import { uniqueName, workflowDraft } from '../support/workflow-drafts.js';

const KIB = 1024;
const LARGE = 'x'.repeat(20 * KIB);

let proxy: WireCountingProxy;
let app: TestApp;
let world: TenantWorld;
beforeAll(async () => {
  proxy = await wireCountingProxy((await testDatabase()).appUrl);
  app = await createTestApp({ DATABASE_URL: proxy.url });
  world = await TenantWorld.create(app);
});
afterAll(async () => {
  await app.close();
  await proxy.close();
});

type Body = Record<string, unknown>;

const create = async (path: string, body: object): Promise<string> => {
  const answer = await world.as('owner').post(path, body);
  expect(answer.status).toBe(201);
  return answer.body.id as string;
};
const listed = async (path: string, id: string): Promise<Body> => {
  const { status, body } = await world.as('owner').get(path);
  expect(status).toBe(200);
  return (body.data as Body[]).find((row) => row['id'] === id)!;
};

describe('Values of more than 16 KiB', () => {
  it.each<[string, object, object, string]>([
    ['/lua-scripts', { code: `return "${LARGE}"` }, { code: 'return 1' }, 'code'],
    ['/workflows', workflowDraft({ triggerConfig: { LARGE } }), workflowDraft(), 'triggerConfig'],
    ['/dbal/entities/LuaScript', { code: `return "${LARGE}"` }, { code: 'return 2' }, 'code'],
    ['/dbal/entities/Workflow', workflowDraft({ triggerConfig: { LARGE } }), workflowDraft(), 'triggerConfig'],
  ])('are null in %s, named in `omitted`, and whole by the key', async (path, largeBody, smallBody, name) => {
    const large = await create(path, { ...largeBody, name: uniqueName() });
    const small = await create(path, { ...smallBody, name: uniqueName() });
    expect(await listed(`${path}?limit=100&sort=-createdAt`, large)).toMatchObject({ [name]: null, omitted: [name] });
    const shown = await listed(`${path}?limit=100&sort=-createdAt`, small);
    expect(shown).not.toHaveProperty('omitted');
    for (const id of [large, small]) {
      const { body } = await world.as('owner').get(`${path}/${id}`);
      expect(body).not.toHaveProperty('omitted');
      expect(JSON.stringify(body[name]).length > 16 * KIB).toBe(id === large);
    }
  });

  it('are no part of a list of users, either', async () => {
    const { user } = await world.newPerson();
    expect((await world.as('owner').patch(`/users/${user.id}`, { preferences: { LARGE } })).status).toBe(200);
    const query = `/users?limit=100&search=${user.username}`;
    for (const path of ['/users?limit=100', query]) {
      expect(await listed(path, user.id)).toMatchObject({ preferences: null, omitted: ['preferences'] });
    }
    expect((await world.as('owner').get(`/users/${user.id}`)).body.preferences).toEqual({ LARGE });
  });

  it('do not leave the database for a list of entities, and all values of a page have 4 MiB at most', async () => {
    const tenant = await world.make.createTenant({ plan: 'enterprise' });
    const owner = world.as('owner', tenant);
    const id = (await owner.post('/workflows', workflowDraft())).body.id as string;
    const fill = (bytes: number, from: number): Promise<unknown> =>
      testDatabase().then(({ adminUrl }) =>
        withClient(adminUrl, (admin) =>
          admin.query(
            `INSERT INTO workflow_versions (tenant_id, workflow_id, number, definition)
               SELECT $1, $2, n, jsonb_build_object('text', repeat('x', $3)) FROM generate_series($4::int, $4 + 49) n`,
            [tenant.id, id, bytes, from],
          ),
        ),
      );
    const page = (from: number) =>
      owner.get(
        `/dbal/entities/WorkflowVersion?limit=50&filter=${encodeURIComponent(JSON.stringify({ number: { gte: from, lt: from + 50 } }))}`,
      );
    const cost = async (from: number): Promise<{ received: number; sent: number; rows: Body[] }> => {
      let answer = await page(from);
      const received = await proxy.received(async () => {
        answer = await page(from);
      });
      expect(answer.status).toBe(200);
      return { received, sent: answer.text.length, rows: answer.body.data as Body[] };
    };
    await fill(10, 100);
    await fill(KIB * KIB, 200);
    await fill(16 * KIB - 20, 300);
    const [small, large, many] = [await cost(100), await cost(200), await cost(300)];
    expect(large.rows).toHaveLength(50);
    expect(large.rows[0]).toMatchObject({ definition: null, omitted: ['definition'] });
    expect(large.received / small.received).toBeLessThan(1.5);
    expect(many.rows.every(({ definition }) => definition !== null)).toBe(true);
    expect(many.sent).toBeLessThan(4 * KIB * KIB);
    const key = await owner.get(`/dbal/entities/WorkflowVersion/${id},200`);
    expect(JSON.stringify(key.body.definition).length).toBeGreaterThan(KIB * KIB);
  });

  it('are counted as they are sent: texts may take six times their bytes', async () => {
    const tenant = await world.make.createTenant({ plan: 'enterprise' });
    await withClient((await testDatabase()).adminUrl, (admin) =>
      admin.query(
        `INSERT INTO lua_scripts (tenant_id, id, name, code)
           SELECT $1, gen_random_uuid(), lpad(n::text, 3, '0'), repeat(chr(1), 16000) FROM generate_series(1, 100) n`,
        [tenant.id],
      ),
    );
    for (const path of ['/lua-scripts', '/dbal/entities/LuaScript']) {
      const answer = await world.as('owner', tenant).get(`${path}?limit=100&sort=name`);
      expect(answer.text.length).toBeLessThan(4 * KIB * KIB);
      expect((answer.body.data[0] as Body)['code']).toHaveLength(16_000);
      expect(answer.body.data[99]).toMatchObject({ code: null, omitted: expect.arrayContaining(['code']) as unknown });
    }
  });

  it('are left out beyond 3 MiB together, small as they are', async () => {
    const tenant = await world.make.createTenant({ plan: 'enterprise' });
    await withClient((await testDatabase()).adminUrl, (admin) =>
      admin.query(
        `INSERT INTO lua_scripts (tenant_id, id, name, code, description, parameters)
           SELECT $1, gen_random_uuid(), lpad(n::text, 3, '0'), repeat('x', 16000), repeat('y', 16000), jsonb_build_array(repeat('z', 16000))
           FROM generate_series(1, 100) n`,
        [tenant.id],
      ),
    );
    const answer = await world.as('owner', tenant).get('/dbal/entities/LuaScript?limit=100&sort=name');
    expect(answer.text.length).toBeLessThan(4 * KIB * KIB);
    expect(answer.body.data[0]).not.toHaveProperty('omitted');
    expect(answer.body.data[99]).toMatchObject({ code: null, description: null, parameters: null });
    expect(answer.body.data[99].omitted).toEqual(expect.arrayContaining(['code', 'description', 'parameters']));
  });
});

interface Schema {
  $ref?: string;
  type?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  allOf?: Schema[];
  oneOf?: unknown;
  items?: Schema;
}

describe('Every list in the document', () => {
  /** What the program itself declares, and nobody writes. */
  const FIXED = ['/dbal/operations', '/events'];

  it('has `omitted` where its rows have values of free size', async () => {
    const { body } = await app.http.get('/api/openapi.json');
    const schemas = body.components.schemas as Record<string, Schema>;
    const resolve = (schema: Schema): Schema => (schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema);
    const isFree = (schema: Schema): boolean => {
      const { type, properties, allOf, oneOf, additionalProperties } = schema;
      const isObject = type === 'object' || (Array.isArray(type) && (type as string[]).includes('object'));
      return !schema.$ref && !properties && !allOf && !oneOf && isObject && typeof additionalProperties !== 'object';
    };
    const wrong: string[] = [];
    for (const [path, { get }] of Object.entries(
      body.paths as Record<
        string,
        { get?: { responses: Record<string, { content?: Record<string, { schema: Schema }> }> } }
      >,
    )) {
      const answer = get?.responses['200']?.content?.['application/json']?.schema;
      const item = answer?.properties?.['data']?.items;
      const properties = item && resolve(item).properties;
      if (!properties || FIXED.includes(path.replace('/api/v1', ''))) continue;
      if (Object.values(properties).some(isFree) && !properties['omitted']) wrong.push(path);
    }
    expect(wrong).toEqual([]);
  });
});
