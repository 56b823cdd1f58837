import { randomUUID } from 'node:crypto';
import { withClient } from '../../../scripts/db/connect.ts';
import { describeContract, problemOf } from '../../support/contract.js';
import { heardOfEverything } from '../../support/heard.js';
import { gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import type { Person } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { uniqueName } from '../../support/workflow-drafts.js';
import { action, edges, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
let probe: StepProbe;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
  world = await WorkflowWorld.create(app);
  probe = app.app.get(StepProbe);
  await heardOfEverything(app);
});
afterAll(() => app.close());

interface Use {
  scriptId: string;
  version: number | null;
  takenBy: string | null;
  waiting: { version: number; savedBy: string | null } | null;
}

/** A script that returns a text. */
async function scriptOf(person: Person, text: string): Promise<string> {
  const made = await person.post('/lua-scripts', { name: `Script ${randomUUID()}`, code: `return "${text}"` });
  expect(made.status).toBe(201);
  return (made.body as { id: string }).id;
}

async function edit(person: Person, scriptId: string, text: string): Promise<void> {
  expect((await person.patch(`/lua-scripts/${scriptId}`, { code: `return "${text}"` })).status).toBe(200);
}

const lua = (id: string, scriptId: string): object => ({ id, type: 'lua', config: { scriptId } });

async function workflowOf(person: Person, nodes: object[], links: string[]): Promise<string> {
  const body = { name: uniqueName(), nodes: [trigger(), ...nodes], edges: edges(...links) };
  const made = await person.post('/workflows', body);
  expect(made.status).toBe(201);
  return (made.body as { id: string }).id;
}

const scripted = (person: Person, scriptId: string): Promise<string> =>
  workflowOf(person, [lua('say', scriptId)], ['start -> say']);

async function started(person: Person, workflowId: string): Promise<string> {
  return ((await person.post(`/workflows/${workflowId}/runs`, {})).body as { id: string }).id;
}

/** What the script of a new run says. */
const said = async (person: Person, workflowId: string): Promise<unknown> =>
  stepOf(await world.reached(await started(person, workflowId)), 'say').output;

const useIn = async (workflowId: string): Promise<Use> =>
  ((await world.as('viewer').get(`/workflows/${workflowId}/scripts`)).body as Use[])[0]!;

describe('A script that its author edits', () => {
  it('does nothing new in the workflow of somebody above them, until somebody takes it who may', async () => {
    const [manager, admin] = [world.as('manager'), world.as('admin')];
    const script = await scriptOf(manager, 'harmless');
    const workflow = await scripted(admin, script);
    await edit(manager, script, 'with the rights of an admin');
    expect(await said(admin, workflow)).toBe('harmless');
    const savedBy = await world.tenants.idOf('manager');
    expect(await useIn(workflow)).toMatchObject({ scriptId: script, version: 1, waiting: { version: 2, savedBy } });

    const take = `/workflows/${workflow}/scripts/${script}/take`;
    expect(problemOf(await manager.post(take, {}))).toEqual({ status: 403, code: 'workflow.not_yours' });
    expect(await said(admin, workflow)).toBe('harmless');
    const taken = await admin.post(take, { version: 2 });
    expect(taken.status).toBe(200);
    expect(taken.body).toMatchObject({ version: 2, takenBy: await world.tenants.idOf('admin'), waiting: null });
    expect(await said(admin, workflow)).toBe('with the rights of an admin');
    expect((await world.tenants.auditOf(workflow)).at(-1)).toMatchObject({
      action: 'workflow.script_taken',
      details: { scriptId: script, before: { version: 1 }, after: { version: 2 } },
    });
  });

  it('holds at once for workflows that they may change', async () => {
    const [manager, admin, member] = [world.as('manager'), world.as('admin'), world.as('member')];
    const script = await scriptOf(manager, 'old');
    const [ofMember, ofAdmin] = [await scripted(member, script), await scripted(admin, script)];
    await edit(manager, script, 'of the manager');
    expect([await said(member, ofMember), await said(admin, ofAdmin)]).toEqual(['of the manager', 'old']);
    await edit(admin, script, 'of the admin');
    expect([await said(member, ofMember), await said(admin, ofAdmin)]).toEqual(['of the admin', 'of the admin']);
    expect((await useIn(ofAdmin)).waiting).toBeNull();
  });

  it('stays in use when they lose rights, or leave', async () => {
    const author = await world.tenants.newPerson({ role: 'admin' });
    const script = await scriptOf(author, 'first');
    const workflow = await scripted(world.as('admin'), script);
    await edit(author, script, 'second');
    expect((await world.as('owner').patch(`/users/${author.user.id}`, { role: 'manager' })).status).toBe(200);
    expect(await said(world.as('admin'), workflow)).toBe('second');
    await edit(author, script, 'third');
    expect(await said(world.as('admin'), workflow)).toBe('second');
  });

  it('is another version only where it does something else', async () => {
    const script = await scriptOf(world.as('manager'), 'same');
    await world.as('manager').patch(`/lua-scripts/${script}`, { description: 'Words', code: 'return "same"' });
    const { body } = await world.as('viewer').get(`/lua-scripts/${script}`);
    expect(body).toMatchObject({ version: 2, definitionVersion: 1 });
    await world.as('manager').patch(`/lua-scripts/${script}`, { timeoutMs: 1000 });
    const { data } = (await world.as('viewer').get(`/lua-scripts/${script}/versions`)).body as { data: object[] };
    expect(data).toMatchObject([{ number: 2 }, { number: 1 }]);
    expect((await world.as('viewer').get(`/lua-scripts/${script}/versions/1`)).body).toMatchObject({
      code: 'return "same"',
      timeoutMs: 5000,
    });
    expect(problemOf(await world.as('viewer').get(`/lua-scripts/${script}/versions/3`))).toEqual({
      status: 404,
      code: 'lua_script_version.not_found',
    });
  });
});

describe('A run', () => {
  it('uses one version from its start to its end, also when it is retried', async () => {
    const owner = world.as('owner');
    const script = await scriptOf(owner, 'old');
    const { opened, open } = gate();
    let isFixed = false;
    probe.behave('between', async () => {
      await opened;
      if (!isFixed) throw new Error('broken');
    });
    const workflow = await workflowOf(
      owner,
      [lua('before', script), action('between', 'test.probe', { key: 'between' }), lua('after', script)],
      ['start -> before', 'before -> between', 'between -> after'],
    );
    const id = await started(owner, workflow);
    await probe.begun('between');
    await edit(owner, script, 'new');
    open();
    expect((await world.reached(id)).status).toBe('failed');
    isFixed = true;
    expect((await owner.post(`/workflow-runs/${id}/retry`)).status).toBe(202);
    const run = await world.reached(id);
    expect([stepOf(run, 'before').output, stepOf(run, 'after').output]).toEqual(['old', 'old']);
  });

  it('in the line uses the version of its start, whoever chooses the scripts of its workflow by now', async () => {
    const [admin, heir] = [world.as('admin'), await world.tenants.newPerson({ role: 'member' })];
    const manager = world.as('manager');
    const script = await scriptOf(manager, 'harmless');
    const { opened, open } = gate();
    probe.behave('first', () => opened);
    const workflow = await workflowOf(
      admin,
      [action('first', 'test.probe', { key: 'first' }), lua('say', script)],
      ['start -> first', 'first -> say'],
    );
    await admin.patch(`/workflows/${workflow}`, { settings: { maxConcurrentRuns: 1 } });
    await started(admin, workflow);
    await probe.begun('first');
    const [waiting, cancelled] = [await started(admin, workflow), await started(admin, workflow)];
    expect((await admin.post(`/workflow-runs/${cancelled}/cancel`)).status).toBe(200);

    const input = { from: await world.tenants.idOf('admin'), to: heir.user.id, workflowIds: [workflow] };
    expect((await world.as('owner').post('/dbal/operations/transfer_workflow', { input })).status).toBe(200);
    await edit(manager, script, 'with the rights of an admin');
    expect(await useIn(workflow)).toMatchObject({ version: 2, waiting: null });
    expect((await manager.post(`/workflow-runs/${cancelled}/retry`)).status).toBe(202);
    open();
    for (const id of [waiting, cancelled]) {
      const run = await world.reached(id);
      expect([run.status, stepOf(run, 'say').output]).toEqual(['succeeded', 'harmless']);
    }
  });

  it('of a program that knew no versions uses what its workflow uses', async () => {
    const owner = world.as('owner');
    const script = await scriptOf(owner, 'known');
    const workflow = await workflowOf(
      owner,
      [action('wait', 'delay', { ms: 3_600_000 }), lua('say', script)],
      ['start -> wait', 'wait -> say'],
    );
    const id = await started(owner, workflow);
    await world.reached(id, 'waiting');
    const { adminUrl } = await testDatabase();
    await withClient(adminUrl, (admin) =>
      admin.query('UPDATE workflow_runs SET script_versions = NULL WHERE id = $1', [id]),
    );
    await world.makeDue(id);
    expect(stepOf(await world.reached(id), 'say').output).toBe('known');
  });

  it('fails where its workflow uses no version at all, until somebody takes one', async () => {
    const owner = world.as('owner');
    const script = await scriptOf(owner, 'late');
    const workflow = await scripted(owner, script);
    const { adminUrl } = await testDatabase();
    await withClient(adminUrl, (admin) =>
      admin.query('DELETE FROM workflow_scripts WHERE workflow_id = $1', [workflow]),
    );
    expect(stepOf(await world.reached(await started(owner, workflow)), 'say').error).toMatchObject({
      code: 'script.not_taken',
    });
    expect(await useIn(workflow)).toMatchObject({ version: null, waiting: { version: 1 } });
    expect((await owner.post(`/workflows/${workflow}/scripts/${script}/take`, {})).status).toBe(200);
    expect(await said(owner, workflow)).toBe('late');
  });
});

describe('A workflow', () => {
  it('takes a script as it is now when somebody who may change it names it for the first time', async () => {
    const [manager, admin] = [world.as('manager'), world.as('admin')];
    const [first, second] = [await scriptOf(manager, 'one'), await scriptOf(manager, 'two')];
    const workflow = await scripted(admin, first);
    await edit(manager, second, 'two, edited');
    const nodes = [trigger(), lua('say', second)];
    expect((await admin.patch(`/workflows/${workflow}`, { nodes })).status).toBe(200);
    expect(await said(admin, workflow)).toBe('two, edited');
    await edit(manager, second, 'two, edited again');
    // Another change takes nothing.
    await admin.patch(`/workflows/${workflow}`, { description: 'Another one' });
    expect(await said(admin, workflow)).toBe('two, edited');
  });

  it('is copied with the versions that it uses', async () => {
    const [manager, admin] = [world.as('manager'), world.as('admin')];
    const script = await scriptOf(manager, 'read');
    const workflow = await scripted(admin, script);
    await edit(manager, script, 'not read');
    const input = { workflowId: workflow, name: uniqueName() };
    const { result } = (await admin.post('/dbal/operations/duplicate_workflow', { input })).body as {
      result: { id: string };
    };
    expect(await said(admin, result.id)).toBe('read');
  });

  it('keeps the version that it uses for as long as it does, and of others the newest hundred', async () => {
    const [manager, admin] = [world.as('manager'), world.as('admin')];
    const script = await scriptOf(manager, 'kept');
    const workflow = await scripted(admin, script);
    for (let n = 0; n < 102; n += 1) {
      await manager.patch(`/lua-scripts/${script}`, { timeoutMs: 1000 + n });
    }
    const { meta } = (await world.as('viewer').get(`/lua-scripts/${script}/versions`)).body as {
      meta: { total: number };
    };
    expect(meta.total).toBe(101);
    expect(await said(admin, workflow)).toBe('kept');
  });

  it('shows no script, and lets none be taken, that it does not name', async () => {
    const owner = world.as('owner');
    const [named, other] = [await scriptOf(owner, 'named'), await scriptOf(owner, 'other')];
    const workflow = await scripted(owner, named);
    const take = (id: string, body: object = {}) => owner.post(`/workflows/${workflow}/scripts/${id}/take`, body);
    expect(problemOf(await take(other))).toEqual({ status: 404, code: 'lua_script.not_found' });
    expect(problemOf(await take(named, { version: 7 }))).toEqual({ status: 404, code: 'lua_script_version.not_found' });
    expect(problemOf(await take(named, { version: 0 })).status).toBe(400);
    expect((await owner.get(`/workflows/${workflow}/scripts`)).body).toHaveLength(1);
  });
});

const foreign = async (path: string, body: object): Promise<string> =>
  ((await world.as('owner', world.tenants.other).post(path, body)).body as { id: string }).id;
const foreignScript = () => foreign('/lua-scripts', { name: randomUUID(), code: 'return 1' });
const foreignWorkflow = () => foreign('/workflows', { name: randomUUID(), nodes: [], edges: [] });

describeContract(() => Object.assign(world.tenants, { foreignId: foreignScript }), {
  'GET /lua-scripts/:id/versions': { allow: 'viewer', invalidQueries: ['limit=101'] },
  'GET /lua-scripts/:id/versions/1': { allow: 'viewer' },
});

describe('Of workflows', () => {
  describeContract(() => Object.assign(world.tenants, { foreignId: foreignWorkflow }), {
    'GET /workflows/:id/scripts': { allow: 'viewer' },
    'POST /workflows/:id/scripts/:scriptId/take': {
      allow: 'member',
      body: {},
      invalidBodies: { 'a version that is none': { version: 'newest' }, 'an unknown field': { surprise: 1 } },
    },
  });
});
