import type { Field } from '../fields.ts';
import type { NewModule } from '../new-module.ts';

/** `test/e2e/<module>/<module>.e2e-spec.ts` */
export function e2eSpec({ names, fields, parent }: NewModule): string {
  const { module, one, noun, words, word, Models, Model } = names;
  const first = fields[0]!;
  const samples = fields.map(({ name, type, words }) => `${name}: ${type.sample(words)}`).join(', ');
  const unique = fields.find(({ isUnique }) => isUnique);
  const nullable = fields.find(({ isNullable }) => isNullable);
  const parentOf = (tenant: string): string =>
    `${parent?.field}: await anyRow('${parent?.Model}', ${tenant}.id, test.app.get(PrismaService))`;
  const contractBody = parent ? `{ ...values(), ${parent.field}: randomUUID() }` : 'values()';
  return `${parent ? "import { randomUUID } from 'node:crypto';\n" : ''}${parent ? "import { PrismaService } from '../../../src/common/prisma/prisma.service.js';\nimport { anyRow } from '../../support/any-row.js';\n" : ''}import { describeContract, problemOf } from '../../support/contract.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

interface ${Model} {
  id: string;
  version: number;
}

let serial = 0;

/** Valid values, different on each call. */
function values() {
  const n = ++serial;
  return { ${samples} };
}

describe('${Models}', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const bodyFor = async (${parent ? 'tenant = world.tenant' : ''}) => ({ ...values()${parent ? `, ${parentOf('tenant')}` : ''} });
  const create = async (tenant = world.tenant): Promise<${Model}> => {
    const response = await world.as('owner', tenant).post('/${module}', await bodyFor(${parent ? 'tenant' : ''}));
    expect(response.status).toBe(201);
    return response.body as ${Model};
  };
  const foreignId = async () => (await create(world.other)).id;

  describeContract(() => Object.assign(world, { foreignId }), {
    'GET /${module}': { allow: 'viewer', invalidQueries: ['limit=101', 'page=0', 'sort=tenantId'${parent ? `, '${parent.field}=x'` : ''}] },
    'POST /${module}': {
      allow: 'member',
      body: ${contractBody},
      invalidBodies: {
${invalidBodies(fields, contractBody, true)}
      },
    },
    'GET /${module}/:id': { allow: 'viewer' },
    'PATCH /${module}/:id': {
      allow: 'member',
      body: values(),
      invalidBodies: {
${invalidBodies(fields, 'values()', false)}
      },
    },
    'DELETE /${module}/:id': { allow: 'manager' },
  });

  it('are created, read and listed, by their tenant alone', async () => {
    const foreign = await create(world.other);
    const body = await bodyFor();
    const created = await world.as('member').post('/${module}', body);
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.any(String),
      ...body,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const { id } = created.body as ${Model};
    expect((await world.as('viewer').get(\`/${module}/\${id}\`)).body).toEqual(created.body);
    const { data } = (await world.as('viewer').get('/${module}?limit=100&sort=-createdAt')).body as { data: ${Model}[] };
    expect(data).toContainEqual(created.body);
    expect(data.map((${one === noun ? noun : 'each'}) => ${one === noun ? noun : 'each'}.id)).not.toContain(foreign.id);
  });

  it('change for whoever knows the current version', async () => {
    const { id, version } = await create();
    const ifMatch = { 'If-Match': \`"\${id}.\${version}"\` };
    const changes = values();
    const changed = await world.as('member').patch(\`/${module}/\${id}\`, changes, ifMatch);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ ...changes, version: version + 1 });
    expect(changed.headers['etag']).toBe(\`"\${id}.\${version + 1}"\`);
    for (const stale of [
      await world.as('member').patch(\`/${module}/\${id}\`, values(), ifMatch),
      await world.as('manager').delete(\`/${module}/\${id}\`, ifMatch),
    ]) {
      expect(problemOf(stale)).toEqual({ status: 412, code: 'resource.stale' });
    }
  });

  it('stay as they are when nothing is to change', async () => {
    const { id, version } = await create();
    const same = await world.as('member').patch(\`/${module}/\${id}\`, {});
    expect(same.body).toMatchObject({ version });
  });
${
  unique
    ? `
  it('have a ${unique.words} that no other ${word} of the tenant has', async () => {
    const body = await bodyFor();
    expect((await world.as('member').post('/${module}', body)).status).toBe(201);
    const refused = { status: 409, code: '${noun}.${unique.column}_taken' };
    expect(problemOf(await world.as('member').post('/${module}', body))).toEqual(refused);
    const { id } = await create();
    const changes = { ${unique.name}: body.${unique.name} };
    expect(problemOf(await world.as('member').patch(\`/${module}/\${id}\`, changes))).toEqual(refused);
    const elsewhere = await world.as('owner', world.other).post('/${module}', { ...body${parent ? `, ${parentOf('world.other')}` : ''} });
    expect(elsewhere.status).toBe(201);
  });
`
    : ''
}${
    nullable
      ? `
  it('lose what is set to null', async () => {
    const { id } = await create();
    const cleared = await world.as('member').patch(\`/${module}/\${id}\`, { ${nullable.name}: null });
    expect(cleared.body).toMatchObject({ ${nullable.name}: null });
  });
`
      : ''
  }${
    parent
      ? `
  it('belong to something of the same tenant, and are found by it', async () => {
    const body = await bodyFor();
    await world.as('member').post('/${module}', body);
    const found = await world.as('viewer').get(\`/${module}?${parent.field}=\${body.${parent.field}}\`);
    expect(found.body).toMatchObject({ data: [body], meta: { total: 1 } });
    const foreign = { ...values(), ${parentOf('world.other')} };
    expect(problemOf(await world.as('member').post('/${module}', foreign))).toEqual({
      status: 422,
      code: '${noun}.${parent.column.replace(/_id$/, '')}_missing',
    });
  });
`
      : ''
  }
  it('are gone when they are deleted, and the audit log knows all of it', async () => {
    const { id } = await create();
    await world.as('member').patch(\`/${module}/\${id}\`, { ${first.name}: values().${first.name} });
    expect((await world.as('manager').delete(\`/${module}/\${id}\`)).status).toBe(204);
    expect(problemOf(await world.as('viewer').get(\`/${module}/\${id}\`))).toEqual({ status: 404, code: '${noun}.not_found' });
    const actions = (await world.auditOf(id)).map(({ action }) => action);
    expect(actions).toEqual(['${noun}.created', '${noun}.updated', '${noun}.deleted']);
  });

  it('are written by their name, too, under the same rules', async () => {
    const { body } = await world.as('member').post('/dbal/entities/${Model}', await bodyFor());
    const { id } = body as ${Model};
    expect((await world.as('viewer').get(\`/${module}/\${id}\`)).status).toBe(200);
    expect((await world.auditOf(id)).map(({ action }) => action)).toContain('${noun}.created');
  });

  it('tell what happens to ${words} in the list of events', async () => {
    const { body } = await world.as('viewer').get('/events?limit=100');
    const names = (body as { data: { name: string }[] }).data.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['${noun}.created', '${noun}.updated', '${noun}.deleted']));
  });
});
`;
}

function invalidBodies(fields: readonly Field[], valid: string, isNew: boolean): string {
  const rows = fields.flatMap(({ name, type, isNullable }) => [
    `'${name} that is ${type.invalid.what}': { ...${valid}, ${name}: ${type.invalid.value} }`,
    ...(isNullable ? [] : [`'no ${name}': { ...${valid}, ${name}: ${isNew ? 'undefined' : 'null'} }`]),
  ]);
  return rows.map((row) => `        ${row},`).join('\n');
}
