import { SYSTEM_ACTOR } from '../../../src/common/identity/actor.js';
import { DbalService } from '../../../src/common/dbal/dbal.service.js';
import { DirectWrites } from '../../../src/common/gateway/direct-writes.js';
import { EntityCatalog } from '../../../src/common/gateway/entity-catalog.js';
import type { EntityRow } from '../../../src/common/gateway/entity-model.js';
import { toKey, toOrder, toWhere } from '../../../src/common/gateway/entity-query.js';
import type { Entity } from '../../../src/common/gateway/entity-rule-book.js';
import type { EntityRule } from '../../../src/common/manifest/entity-rules.js';
import { EntityRows } from '../../../src/common/gateway/entity-rows.repository.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const SOME_ID = '00000000-0000-7000-8000-000000000001';

/** Rules of the test's own: the program's models are written through services, where there is one. */
describe('entities that no service owns', () => {
  let test: TestApp;
  let world: TenantWorld;
  let script: Entity;

  const entityOf = (name: string, rule: EntityRule): Entity => ({
    model: test.app.get(EntityCatalog).find(name)!,
    rule,
  });

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
    script = entityOf('LuaScript', { fields: ['id', 'name', 'code', 'returnType', 'version'], secrets: ['createdBy'] });
  });
  afterAll(() => test.close());

  const writes = () => test.app.get(DirectWrites, { strict: false });
  const rows = () => test.app.get(EntityRows, { strict: false });
  const inTransaction = <T>(tenant: TestTenant, fn: () => Promise<T>): Promise<T> =>
    world.make.inTenant(tenant, () => test.app.get(DbalService).transaction(fn));
  const rowOf = async (entity: Entity, key: string, tenant = world.tenant): Promise<EntityRow | null> =>
    world.make.inTenant(tenant, () => rows().findFirst(entity, toKey(entity.model, key)));
  const create = (data: object = {}) =>
    inTransaction(world.tenant, () =>
      writes().create(SYSTEM_ACTOR, script, { name: uniqueName('script'), code: 'return 1', ...data }),
    );

  it('are written with what is given and nothing else, and audited with before and after', async () => {
    const name = uniqueName('script');
    const key = await create({ name, returnType: undefined });
    expect(await rowOf(script, key)).toEqual({ id: key, name, code: 'return 1', returnType: null, version: 1 });
    const row = (await rowOf(script, key))!;
    await inTransaction(world.tenant, () => writes().update(SYSTEM_ACTOR, script, row, { code: 'return 2' }));
    const updated = (await rowOf(script, key))!;
    expect(updated).toEqual({ ...row, code: 'return 2', version: 2 });
    await inTransaction(world.tenant, () => writes().update(SYSTEM_ACTOR, script, updated, {}));
    await inTransaction(world.tenant, () => writes().delete(SYSTEM_ACTOR, script, updated));
    expect(await rowOf(script, key)).toBeNull();
    const entries = await world.auditOf(key);
    expect(entries.map(({ action, details }) => [action, details])).toEqual([
      ['lua_script.created', { after: { name, code: 'return 1' } }],
      ['lua_script.updated', { before: { code: 'return 1' }, after: { code: 'return 2' } }],
      ['lua_script.deleted', { before: updated }],
    ]);
  });

  it('refuse a change to a version that is not the current one any more, and a deletion of what is gone', async () => {
    const row = (await rowOf(script, await create()))!;
    const write = (code: string) =>
      inTransaction(world.tenant, () => writes().update(SYSTEM_ACTOR, script, row, { code }));
    await write('return 2');
    await expect(write('return 3')).rejects.toMatchObject({ code: 'resource.stale' });
    const remove = () => inTransaction(world.tenant, () => writes().delete(SYSTEM_ACTOR, script, row));
    await remove();
    await expect(remove()).rejects.toMatchObject({ code: 'lua_script.not_found' });
  });

  it.each([
    ['a secret', { createdBy: SOME_ID }],
    ['the tenant', { tenantId: SOME_ID }],
    ['a column that is not there', { nothing: 1 }],
  ])('are never written %s, whatever a rule takes for input', async (_what, data) => {
    await expect(create(data)).rejects.toThrow('cannot be written');
  });

  it("do not reach another tenant's rows", async () => {
    const row = (await rowOf(script, await create()))!;
    expect(await rowOf(script, row['id'] as string, world.other)).toBeNull();
    const foreign = inTransaction(world.other, () => writes().delete(SYSTEM_ACTOR, script, row));
    await expect(foreign).rejects.toMatchObject({ code: 'lua_script.not_found' });
    expect(await rowOf(script, row['id'] as string)).toEqual(row);
  });

  it('clear a JSON column with null', async () => {
    const workflow = entityOf('Workflow', { fields: ['id', 'name', 'config', 'version'] });
    const userId = world.tenant.owner.id;
    const key = await inTransaction(world.tenant, () =>
      writes().create(SYSTEM_ACTOR, workflow, { name: uniqueName('workflow'), userId, config: { a: 1 } }),
    );
    const row = (await rowOf(workflow, key))!;
    expect(row['config']).toEqual({ a: 1 });
    await inTransaction(world.tenant, () => writes().update(SYSTEM_ACTOR, workflow, row, { config: null }));
    expect((await rowOf(workflow, key))!['config']).toBeNull();
  });

  it('may have keys of several columns, given in their order', async () => {
    const version = entityOf('WorkflowVersion', { fields: ['workflowId', 'number', 'definition'] });
    const { id } = (await world.as('owner').post('/workflows', draft())).body;
    expect(await rowOf(version, `${id},1`)).toMatchObject({ workflowId: id, number: 1 });
    expect(await rowOf(version, `${id},2`)).toBeNull();
    for (const wrong of [id, `${id},x`, `${id},0x1`, `${id}, 1`, `${id},`, `${id},1,2`, `1,${id}`]) {
      expect(() => toKey(version.model, wrong)).toThrow('The key in the path is not valid.');
    }
    const response = await world.as('owner').get(`/dbal/entities/WorkflowVersion/${id},1`);
    expect(response.body.number).toBe(1);
  });

  it("may be the platform's, which the role of tenants does not see", async () => {
    const fields = ['id', 'email'];
    await world.make.platformToken();
    const find = (rule: EntityRule) => {
      const entity = entityOf('PlatformAdmin', rule);
      const where = toWhere(entity, { email: { contains: '@example.test' } }, '');
      return world.make.inTenant(world.tenant, () =>
        rows().findPage(entity, where, toOrder(entity, '-email'), { skip: 0, take: 1 }),
      );
    };
    expect((await find({ fields, isPlatform: true })).rows).toEqual([
      { id: expect.any(String), email: expect.any(String) },
    ]);
    await expect(find({ fields })).rejects.toThrow();
  });
});

function draft(): object {
  return {
    name: uniqueName('workflow'),
    trigger: 'manual',
    nodes: [{ id: 'start', type: 'trigger', config: {} }],
    edges: [],
  };
}
