import { randomUUID } from 'node:crypto';
import type { Actor } from '../../../src/common/identity/actor.js';
import { permissionsOfRole } from '../../../src/common/identity/permissions.js';
import type { Role } from '../../../src/common/identity/roles.js';
import { DbalService } from '../../../src/common/dbal/dbal.service.js';
import { DbalOperations } from '../../../src/common/operations/dbal-operations.js';
import { RowChangesReader } from '../../../src/common/operations/row-changes.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { FailingStatements } from '../../support/failing-statements.js';
import { newTeam, stateOf, type Team, workflowsOf } from '../../support/team-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { type Person, TenantWorld } from '../../support/tenant-world.js';

let test: TestApp;
let world: TenantWorld;

beforeAll(async () => {
  test = await createTestApp();
  world = await TenantWorld.create(test);
});
afterAll(() => test.close());

const run = (person: Person, name: string, input: object, more = '', headers = {}) =>
  person.post(`/dbal/operations/${name}${more}`, { input }, headers);

/** A tenant's state but for the entries that say what was rehearsed, and how many of these there are. */
async function stateBesidesDryRuns(...given: Parameters<typeof stateOf>): Promise<[string, number]> {
  const lines = (await stateOf(...given)).split('\n');
  const others = lines.filter((line) => !line.includes(',operation.dry_run,'));
  return [others.join('\n'), lines.length - others.length];
}

describe('a dry run', () => {
  it('tells by table what would be written, and leaves neither rows nor jobs but an entry in the audit log', async () => {
    const { tenant, owner, leaver, stayer } = await newTeam(world);
    await workflowsOf(leaver, 2);
    await leaver.post('/api-keys', { name: 'script' });
    const before = await stateOf(tenant);
    const input = { userId: leaver.user.id, successorId: stayer.user.id };
    const response = await run(owner, 'offboard_user', input, '?dryRun=true');
    expect(response.status).toBe(200);
    expect(await stateBesidesDryRuns(tenant)).toEqual([before, 1]);
    expect(response.body).toMatchObject({ dryRun: true, result: { status: 'SUSPENDED', revokedApiKeys: 1 } });
    const { changes } = response.body;
    expect(changes.map(({ table }: { table: string }) => table)).toEqual([
      'api_keys',
      'audit_log',
      'sessions',
      'users',
      'workflows',
    ]);
    expect(changes).toEqual(
      expect.arrayContaining([
        { table: 'workflows', created: 0, updated: 2, deleted: 0 },
        { table: 'api_keys', created: 0, updated: 1, deleted: 0 },
        { table: 'users', created: 0, updated: 1, deleted: 0 },
        { table: 'sessions', created: 0, updated: 1, deleted: 0 },
      ]),
    );
    // Not even in memory: who would have been signed out is not.
    expect((await leaver.get('/auth/me')).status).toBe(200);
  });

  it('tells what the run then does', async () => {
    const { tenant, owner, leaver } = await newTeam(world);
    const [id] = await workflowsOf(leaver, 1);
    const input = { workflowId: id!, name: 'Copied' };
    const rehearsal = await run(owner, 'duplicate_workflow', input, '?dryRun=true');
    const before = await stateOf(tenant);
    await run(owner, 'duplicate_workflow', input);
    const added = (await stateOf(tenant)).split('\n').length - before.split('\n').length;
    const promised = rehearsal.body.changes.map(({ created }: { created: number }) => created);
    expect(promised.reduce((sum: number, created: number) => sum + created, 0)).toBe(added);
  });

  it('counts what cascades take along', async () => {
    const { leaver, owner } = await newTeam(world);
    await leaver.post('/api-keys', { name: 'script' });
    const deleted = await world.make.inTenant({ id: leaver.user.tenantId }, async () => {
      return test.app.get(DbalService).transaction(async () => {
        const read = await test.app.get(RowChangesReader, { strict: false }).start();
        await test.app.get(PrismaService).user.deleteMany({ where: { id: leaver.user.id } });
        return read();
      });
    });
    expect(deleted).toEqual([
      { table: 'api_keys', created: 0, updated: 0, deleted: 1 },
      { table: 'sessions', created: 0, updated: 0, deleted: 1 },
      { table: 'users', created: 0, updated: 0, deleted: 1 },
    ]);
    expect((await owner.get('/users')).body.meta.total).toBe(2);
  });

  it('fails as the run would', async () => {
    const { tenant, owner, leaver } = await newTeam(world);
    const before = await stateOf(tenant);
    const input = { userId: leaver.user.id, successorId: randomUUID() };
    const response = await run(owner, 'offboard_user', input, '?dryRun=true');
    expect(problemOf(response)).toEqual({ status: 404, code: 'user.not_found' });
    expect(await stateBesidesDryRuns(tenant)).toEqual([before, 1]);
  });

  it('leaves nothing else with an Idempotency-Key, either, but the record of its answer', async () => {
    const { tenant, owner, leaver } = await newTeam(world);
    const [id] = await workflowsOf(leaver, 1);
    const others = { without: ['idempotency_records'] };
    const before = await stateOf(tenant, others);
    const key = { 'Idempotency-Key': randomUUID() };
    const input = { workflowId: id!, name: 'Copied' };
    const first = await run(owner, 'duplicate_workflow', input, '?dryRun=true', key);
    const again = await run(owner, 'duplicate_workflow', input, '?dryRun=true', key);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await stateBesidesDryRuns(tenant, others)).toEqual([before, 1]);
    const real = await run(owner, 'duplicate_workflow', input, '', key);
    expect(problemOf(real)).toEqual({ status: 422, code: 'idempotency.key_reused' });
  });
});

describe('an operation for programs', () => {
  const actorOf = ({ id, role }: { id: string; role: Role }): Actor => ({
    kind: 'user',
    id,
    role,
    permissions: new Set(permissionsOfRole(role)),
  });
  const operations = () => test.app.get(DbalOperations);

  it('does its work once for each key, whoever asks how often', async () => {
    const { tenant, owner, leaver } = await newTeam(world);
    const [id] = await workflowsOf(leaver, 1);
    const actor = actorOf(tenant.owner);
    const idempotencyKey = randomUUID();
    const attempt = (name: string) =>
      world.make.inTenant(tenant, () =>
        operations().run('duplicate_workflow', actor, { workflowId: id, name }, { idempotencyKey }),
      );
    const first = await attempt('Copied');
    expect(await attempt('Copied')).toEqual(first);
    await expect(attempt('Otherwise')).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    expect((await owner.get('/workflows')).body.meta.total).toBe(2);
  });

  const cases: Record<string, (members: Team) => Promise<[Actor, object]>> = {
    offboard_user: async ({ tenant, leaver, stayer }) => {
      await workflowsOf(leaver, 2);
      await leaver.post('/api-keys', { name: 'script' });
      return [actorOf(tenant.owner), { userId: leaver.user.id, successorId: stayer.user.id }];
    },
    transfer_workflow: async ({ tenant, leaver, stayer }) => {
      await workflowsOf(leaver, 2);
      return [actorOf(tenant.owner), { from: leaver.user.id, to: stayer.user.id }];
    },
    duplicate_workflow: async ({ tenant, leaver }) => {
      const [workflowId] = await workflowsOf(leaver, 1);
      return [actorOf(tenant.owner), { workflowId, name: 'Copied' }];
    },
    transfer_power: async ({ owner, stayer }) => {
      const { id } = (await owner.post('/power-transfers', { toUserId: stayer.user.id })).body;
      return [actorOf(stayer.user), { powerTransferId: id }];
    },
  };

  it.each(Object.keys(cases))('leaves nothing of %s when any one of its statements fails', async (name) => {
    const members = await newTeam(world);
    const [actor, input] = await cases[name]!(members);
    const attempt = () => world.make.inTenant(members.tenant, () => operations().run(name, actor, input));
    const failing = new FailingStatements(test.app);
    // The entry about the attempt is the one thing that stays.
    const others = { without: ['audit_log'] };
    const before = await stateOf(members.tenant, others);
    let failures = 0;
    for (let n = 1; ; n += 1) {
      const { failed } = await failing.at(n, attempt);
      if (!failed) break;
      failures += 1;
      expect(await stateOf(members.tenant, others)).toBe(before);
    }
    expect(failures).toBeGreaterThan(3);
    expect(await stateOf(members.tenant, others)).not.toBe(before);
    const outcomes = (await world.make.inTenant(members.tenant, () => outcomesOf())).sort();
    expect(outcomes.filter((outcome) => outcome === 'failed').length).toBe(failures);
    expect(outcomes.filter((outcome) => outcome === 'done').length).toBe(1);
  });

  it('would be caught leaving something', async () => {
    const { tenant, leaver, stayer } = await newTeam(world);
    const prisma = test.app.get(PrismaService);
    const before = await stateOf(tenant);
    const twoWrites = () =>
      world.make.inTenant(tenant, async () => {
        await prisma.user.updateMany({ where: { id: leaver.user.id }, data: { firstName: 'Ada' } });
        await prisma.user.updateMany({ where: { id: stayer.user.id }, data: { firstName: 'Ada' } });
      });
    expect((await new FailingStatements(test.app).at(2, twoWrites)).failed).toBe(true);
    expect(await stateOf(tenant)).not.toBe(before);
  });

  async function outcomesOf(): Promise<string[]> {
    const rows = await test.app
      .get(PrismaService)
      .auditEntry.findMany({ where: { action: 'operation.run' }, select: { outcome: true } });
    return rows.map(({ outcome }) => outcome);
  }
});
