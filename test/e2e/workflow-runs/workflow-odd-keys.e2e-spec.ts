import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, condition, edges, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

const ODD = '{"__proto__":{"y":[2]},"a":5,"constructor":{"n":1},"hasOwnProperty":true,"toString":"x"}';
const MAKE = `return {["__proto__"] = {y = {2}}, a = 5, constructor = {n = 1}, hasOwnProperty = true, toString = "x"}`;

/** As JSON text: comparing objects would not see a lost prototype. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

describe('Data with keys that every object has', () => {
  it('goes through steps of every type as it is', async () => {
    const nodes = [
      trigger(),
      { id: 'constructor', type: 'lua', config: { code: MAKE } },
      condition('check', 'input.constructor.n == 1 && input.__proto__.y.exists(y, y == 2) && input.toString == "x"'),
      action('note', 'log', { message: '{{ input.toString }}{{ input.constructor.n }}', data: { all: '{{ input }}' } }),
      { id: 'mapped', type: 'transform', config: { transform: '{"all": $, "n": constructor.n + __proto__.y[0]}' } },
      { id: 'scripted', type: 'lua', config: { code: 'return {input = input, y = input.all.__proto__.y[1]}' } },
      action('told', 'event.emit', {
        name: 'custom.odd.told',
        payload: { constructor: '{{ steps.constructor.output }}', inner: '{{ input.input.all.__proto__ }}' },
      }),
    ];
    const links = edges(
      'start -> constructor',
      'constructor -> check',
      'check -true-> note',
      'note -> mapped',
      'mapped -> scripted',
      'scripted -> told',
    );
    const run = await world.run(nodes, links);
    expect(run).toMatchObject({ status: 'succeeded', error: null });
    expect(sorted(stepOf(run, 'constructor').output)).toBe(ODD);
    expect(sorted(stepOf(run, 'note').output)).toBe(ODD);
    expect(sorted(stepOf(run, 'mapped').output)).toBe(`{"all":${ODD},"n":3}`);
    expect(sorted(stepOf(run, 'scripted').output)).toBe(`{"input":{"all":${ODD},"n":3},"y":2}`);
  });

  it('is what a run and a user were given', async () => {
    // To Prisma, `__prismaRawParameters__` says: take `values` instead.
    const given = `{"__prismaRawParameters__":true,"inner":[${ODD},{"$type":"Json","value":"1"}],"values":5}`;
    const id = await world.start(await world.workflow([trigger()], []), JSON.parse(given));
    const run = (await world.reached(id, 'succeeded')) as unknown as { input: unknown };
    expect(sorted(run.input)).toBe(given);

    const me = `/users/${await world.tenants.idOf('owner')}`;
    await world.as('owner').patch(me, { preferences: JSON.parse(given) as object });
    const { body } = await world.as('owner').get(me);
    expect(sorted((body as { preferences: unknown }).preferences)).toBe(given);
  });

  it('fails where a member is missing, and finds none that it does not have', async () => {
    const missing = await world.run(
      [trigger(), action('note', 'log', { message: '{{ input.valueOf }}' })],
      edges('start -> note'),
    );
    expect(missing).toMatchObject({ status: 'failed', error: { code: 'step.reference' } });
    const cel = await world.run([trigger(), condition('check', 'input.valueOf == 1')], edges('start -> check'));
    expect(cel).toMatchObject({
      status: 'failed',
      error: { code: 'script.runtime', message: 'No such key: valueOf.', line: 1, column: 7 },
    });
  });
});
