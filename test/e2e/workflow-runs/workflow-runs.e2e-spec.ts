import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, condition, edges, fates, log, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

describe('A run', () => {
  it('goes from step to step with what the step before gave', async () => {
    const run = await world.run(
      [
        trigger(),
        { id: 'double', type: 'transform', config: { transform: '{"n": n * 2}' } },
        { id: 'lua', type: 'lua', config: { code: 'log("got " .. input.n); return { n = input.n + 1 }' } },
        log('say', 'it is {{ input.n }}'),
      ],
      edges('start -> double', 'double -> lua', 'lua -> say'),
      { n: 20 },
    );
    expect(run).toMatchObject({ status: 'succeeded', outputs: { say: { n: 41 } }, error: null, attempt: 1 });
    expect(run.steps.map(({ nodeId, output }) => [nodeId, output])).toEqual([
      ['start', { n: 20 }],
      ['double', { n: 40 }],
      ['lua', { n: 41 }],
      ['say', { n: 41 }],
    ]);
  });

  it('takes the edge of a condition that holds, and skips what only the other leads to', async () => {
    const nodes = [trigger(), condition('check', 'input.amount > 10'), log('yes'), log('no'), log('after'), log('end')];
    const links = edges(
      'start -> check',
      'check -true-> yes',
      'check -false-> no',
      'no -> after',
      'yes -> end',
      'after -> end',
    );
    const large = await world.run(nodes, links, { amount: 11 });
    expect(fates(large)).toEqual({
      start: 'succeeded',
      check: 'succeeded',
      yes: 'succeeded',
      no: 'skipped',
      after: 'skipped',
      end: 'succeeded',
    });
    expect(large.outputs).toEqual({ end: { amount: 11 } });
    const small = await world.run(nodes, links, { amount: 1 });
    expect(fates(small)).toMatchObject({ yes: 'skipped', no: 'succeeded', after: 'succeeded', end: 'succeeded' });
  });

  it('joins branches, and knows what every step before gave', async () => {
    const run = await world.run(
      [
        trigger(),
        { id: 'a', type: 'transform', config: { transform: '1' } },
        { id: 'b', type: 'transform', config: { transform: '2' } },
        { id: 'sum', type: 'transform', config: { transform: '[a + b, $steps.start.output.n, $trigger.n]' } },
      ],
      edges('start -> a', 'start -> b', 'a -> sum', 'b -> sum'),
      { n: 5 },
    );
    expect(stepOf(run, 'sum')).toMatchObject({ input: { a: 1, b: 2 }, output: [3, 5, 5] });
  });

  it('fails with the step that fails, and what was running stops', async () => {
    const run = await world.run(
      [
        trigger(),
        { id: 'bad', type: 'lua', config: { code: 'error("oh no")' } },
        action('long', 'delay', { ms: 60_000 }),
        log('never'),
      ],
      edges('start -> bad', 'start -> long', 'bad -> never'),
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'script.runtime', nodeId: 'bad' }, outputs: null });
    expect(fates(run)).toEqual({ start: 'succeeded', bad: 'failed', long: 'cancelled' });
  });

  it('ends with an error that the database could not keep as it is', async () => {
    const lua = (code: string) => ({ id: 'lua', type: 'lua', config: { code } });
    const odd = await world.run([trigger(), lua('error("a\\0b", 0)')], edges('start -> lua'));
    expect(odd).toMatchObject({ status: 'failed', error: { code: 'script.runtime', message: 'a\uFFFDb' } });
    const endless = '$error($pad("", 500000, "0123456789"))';
    const long = await world.run([{ id: 't', type: 'transform', config: { transform: endless } }], []);
    expect(long).toMatchObject({ status: 'failed', error: { code: 'script.runtime', nodeId: 't' } });
  });

  it('goes on by the error edge when the step says so', async () => {
    const run = await world.run(
      [
        trigger(),
        { id: 'bad', type: 'lua', config: { code: 'error("oh no")' }, onError: 'continue' },
        log('fine'),
        log('rescue', 'because of {{ input.error.code }}'),
      ],
      edges('start -> bad', 'bad -> fine', 'bad -error-> rescue'),
      { n: 1 },
    );
    expect(run.status).toBe('succeeded');
    expect(fates(run)).toMatchObject({ bad: 'failed', fine: 'skipped', rescue: 'succeeded' });
    expect(stepOf(run, 'rescue').input).toMatchObject({ error: { code: 'script.runtime' }, input: { n: 1 } });
  });
});
