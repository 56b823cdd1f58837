import { randomUUID } from 'node:crypto';
import { describeContract, problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { uniqueName, workflowDraft } from '../../support/workflow-drafts.js';

const script = (given: object = {}) => ({ name: `Script ${randomUUID()}`, code: 'return input.amount * 2', ...given });

describe('Lua scripts over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const create = async (given: object = {}, role: 'manager' | 'admin' = 'manager') => {
    const response = await world.as(role).post('/lua-scripts', script(given));
    expect(response.status).toBe(201);
    return response.body as { id: string; name: string };
  };

  const foreignId = async (): Promise<string> =>
    (await world.as('owner', world.other).post('/lua-scripts', script())).body.id as string;

  describeContract(() => Object.assign(world, { foreignId }), {
    'GET /lua-scripts': { allow: 'viewer', invalidQueries: ['limit=101', 'sort=code', 'surprise=1'] },
    'POST /lua-scripts': {
      allow: 'manager',
      body: script(),
      invalidBodies: {
        'no code': { name: 'x' },
        'empty code': script({ code: '' }),
        'too little time': script({ timeoutMs: 99 }),
        'too much time': script({ timeoutMs: 30_001 }),
        'a way out of the sandbox': script({ isSandboxed: false }),
        'a global that does not exist': script({ allowedGlobals: ['os'] }),
        'a parameter of no type': script({ parameters: [{ name: 'a' }] }),
        'a parameter that is null': script({ parameters: [null] }),
        'a parameter twice': script({
          parameters: [
            { name: 'a', type: 'any' },
            { name: 'a', type: 'any' },
          ],
        }),
      },
    },
    'GET /lua-scripts/:id': { allow: 'viewer' },
    'PATCH /lua-scripts/:id': {
      allow: 'manager',
      body: { description: 'Doubles' },
      invalidBodies: { 'code that is null': { code: null }, 'a name that is null': { name: null } },
    },
    'DELETE /lua-scripts/:id': { allow: 'manager' },
    'POST /lua-scripts/:id/run': { allow: 'member', body: { input: { amount: 1 } } },
  });

  describe('keeping', () => {
    it('fills in what is left out', async () => {
      const body = script();
      const response = await world.as('manager').post('/lua-scripts', body);
      expect(response.status).toBe(201);
      expect(response.headers['etag']).toBe(`"${response.body.id}.1"`);
      expect(response.body).toEqual({
        id: expect.any(String),
        name: body.name,
        description: null,
        code: body.code,
        parameters: [],
        returnType: null,
        isSandboxed: true,
        allowedGlobals: [],
        timeoutMs: 5000,
        createdBy: await world.idOf('manager'),
        version: 1,
        definitionVersion: 1,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
    });

    it('takes no code that does not compile, and says where', async () => {
      const refused = await world.as('manager').post('/lua-scripts', script({ code: 'local a = 1\nreturn (' }));
      expect(problemOf(refused)).toEqual({ status: 422, code: 'lua_script.invalid' });
      expect(refused.body.errors).toEqual([
        { pointer: '/code', code: 'syntax', detail: expect.stringMatching(/^Line 2: /) },
      ]);
      const { id } = await create();
      const changed = await world.as('manager').patch(`/lua-scripts/${id}`, { code: 'return (' });
      expect(problemOf(changed)).toEqual({ status: 422, code: 'lua_script.invalid' });
    });

    it('keeps names apart', async () => {
      const { name } = await create();
      const taken = await world.as('manager').post('/lua-scripts', script({ name }));
      expect(problemOf(taken)).toEqual({ status: 409, code: 'lua_script.name_taken' });
    });

    it('lets one of two simultaneous edits win', async () => {
      const { id } = await create();
      const etag = { 'If-Match': `"${id}.1"` };
      const answers = await Promise.all(
        ['1', '2'].map((n) => world.as('manager').patch(`/lua-scripts/${id}`, { code: `return ${n}` }, etag)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    });

    it('lets nobody change a script of somebody above them', async () => {
      const { id } = await create({}, 'admin');
      const refused = { status: 403, code: 'lua_script.not_yours' };
      expect(problemOf(await world.as('manager').patch(`/lua-scripts/${id}`, { code: 'return 1' }))).toEqual(refused);
      expect(problemOf(await world.as('manager').delete(`/lua-scripts/${id}`))).toEqual(refused);
      expect((await world.as('owner').patch(`/lua-scripts/${id}`, { code: 'return 1' })).status).toBe(200);
    });

    it('deletes none that an active workflow runs', async () => {
      const { id } = await create();
      const name = uniqueName();
      const nodes = [{ id: 'double', type: 'lua', config: { scriptId: id } }];
      const workflow = await world.as('manager').post('/workflows', workflowDraft({ name, nodes, edges: [] }));
      expect((await world.as('manager').post(`/workflows/${workflow.body.id}/activate`)).status).toBe(200);
      const refused = await world.as('manager').delete(`/lua-scripts/${id}`);
      expect(problemOf(refused)).toEqual({ status: 409, code: 'lua_script.in_use' });
      expect(refused.body.detail).toContain(name);
      await world.as('manager').post(`/workflows/${workflow.body.id}/pause`);
      expect((await world.as('manager').delete(`/lua-scripts/${id}`)).status).toBe(204);
      const again = await world.as('manager').post(`/workflows/${workflow.body.id}/activate`);
      expect(again.body.errors).toEqual([
        expect.objectContaining({ pointer: '/nodes/0/config/scriptId', code: 'unknown_script' }),
      ]);
    });

    it('lets a script be deleted or be needed, when both are asked for at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id } = await create();
        const nodes = [{ id: 'double', type: 'lua', config: { scriptId: id } }];
        const workflow = await world.as('manager').post('/workflows', workflowDraft({ nodes, edges: [] }));
        const [deleted, activated] = await Promise.all([
          world.as('manager').delete(`/lua-scripts/${id}`),
          world.as('manager').post(`/workflows/${workflow.body.id}/activate`),
        ]);
        expect([`${deleted.status} ${activated.status}`]).toEqual([expect.stringMatching(/^(204 422|409 200)$/)]);
      }
    });
  });

  describe('a trial', () => {
    const run = async (given: object, input?: unknown) => {
      const { id } = await create(given);
      const response = await world.as('member').post(`/lua-scripts/${id}/run`, input === undefined ? {} : { input });
      expect(response.status).toBe(200);
      return response.body as { succeeded: boolean; result: unknown; logs: string[]; error: object | null };
    };

    it('gives back what the script returned and logged', async () => {
      const trial = await run({ code: 'log("doubling") return input.amount * 2' }, { amount: 21 });
      expect(trial).toEqual({
        succeeded: true,
        result: 42,
        logs: ['doubling'],
        error: null,
        durationMs: expect.any(Number),
      });
    });

    it('is in the audit log, whether it succeeds or not, without its input', async () => {
      const { id } = await create({ code: 'if input.word == "xylophone" then error("no") end' });
      await world.as('member').post(`/lua-scripts/${id}/run`, { input: {} });
      await world.as('member').post(`/lua-scripts/${id}/run`, { input: { word: 'xylophone' } });
      const entries = (await world.auditOf(id)).filter((entry) => entry.action === 'lua_script.tried');
      expect(entries.map(({ details, actorId }) => ({ details, actorId }))).toEqual(
        expect.arrayContaining([
          { details: { version: 1, succeeded: true }, actorId: await world.idOf('member') },
          { details: { version: 1, succeeded: false, error: 'runtime' }, actorId: await world.idOf('member') },
        ]),
      );
      expect(JSON.stringify(entries)).not.toContain('xylophone');
    });

    it('tells what went wrong, and where', async () => {
      const trial = await run({ code: 'log("begun")\nerror("no luck")' });
      expect(trial).toMatchObject({ succeeded: false, result: null, logs: ['begun'] });
      expect(trial.error).toMatchObject({ kind: 'runtime', line: 2 });
    });

    it('ends a script that does not end by itself', async () => {
      const trial = await run({ code: 'while true do end', timeoutMs: 200 });
      expect(trial.error).toMatchObject({ kind: 'timeout' });
    });

    it('gives a script no more globals than it may have', async () => {
      const trial = await run({ code: 'return { type(pcall), type(math) }', allowedGlobals: ['type', 'math'] });
      expect(trial.result).toEqual(['nil', 'table']);
    });

    it('holds to the types of parameters and result', async () => {
      const typed = { parameters: [{ name: 'amount', type: 'number' }], returnType: 'string' };
      const misfit = await run(typed, { amount: 'many' });
      expect(misfit.error).toEqual({ kind: 'input', message: 'The input needs amount of type number.' });
      const odd = await run(typed, { amount: 1 });
      expect(odd).toMatchObject({ succeeded: false, result: 2, error: { kind: 'return_type' } });
    });
  });
});
