import { eventually } from '../support/eventually.js';
import { signedInPlatformAdmin } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { uniqueName } from '../support/workflow-drafts.js';
import { action, condition, edges, stepOf, trigger, WorkflowWorld } from '../support/workflow-world.js';

type Body = Record<string, unknown>;

/** Keys that JavaScript, Prisma or a library gives a meaning to, at every depth: as text, because a literal would lose some. */
const ANY = `{
  "__proto__": {"a": [1, {"__proto__": 2}], "__proto__": {"b": 1}},
  "constructor": {"name": "Object", "prototype": {}},
  "hasOwnProperty": true, "toString": "x", "toJSON": "x", "then": "x", "length": 9, "": 0,
  "tag": {"$type": "BigInt", "value": "no"}, "ref": [{"$type": "FieldRef", "value": 1}, {"$type": "Json", "value": "[1]"}],
  "raw": {"__prismaRawParameters__": true, "values": "[1]"}, "decimal": {"toStringTag": "[object Decimal]"},
  "param": {"prisma__type": "param", "prisma__value": {"name": "x"}}, "set": {"set": 1}, "name": {"_getName": 1}
}`;
/** The same as the whole value. */
const MARKS = ['{"$type":"Raw","value":1}', '{"__prismaRawParameters__":true,"values":[]}', '{"set":1}'];

/** As JSON text, because comparing objects does not see every key. The database has an order of its own. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
const parsed = (text: string): Body => JSON.parse(text) as Body;
const EXPECTED = sorted(parsed(ANY));

let app: TestApp;
let world: WorkflowWorld;
let platform: string;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
  platform = (await signedInPlatformAdmin(app)).authorization;
});
afterAll(() => app.close());

/** Sends a body exactly as it is written. */
async function send(method: 'post' | 'patch', path: string, body: string, headers = {}): Promise<Body> {
  const authorization = path.startsWith('/platform/') ? platform : `Bearer ${await world.tenants.tokenOf('owner')}`;
  const response = await app.http[method](`/api/v1${path}`)
    .set({ authorization, 'content-type': 'application/json', ...headers })
    .send(body);
  if (response.status > 299) throw new Error(`${response.status}: ${response.text}`);
  return response.body as Body;
}
const get = async (path: string): Promise<Body> => (await world.as('owner').get(path)).body as Body;

describe('Data with any keys comes back as it was sent', () => {
  it.each([ANY, ...MARKS])('in the settings of a tenant: %s', async (text) => {
    const expected = sorted(parsed(text));
    for (const field of ['settings', 'theme', 'metadata']) {
      await send('patch', '/tenant', `{"${field}":null}`);
      expect(sorted((await send('patch', '/tenant', `{"${field}":${text}}`))[field])).toBe(expected);
      expect(sorted((await get('/tenant'))[field])).toBe(expected);
    }
    const name = uniqueName()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-');
    const made = await send(
      'post',
      '/platform/tenants',
      `{"slug":"${name}","name":"${name}","ownerEmail":"${name}@example.com","settings":${text}}`,
    );
    expect(sorted(((made['tenant'] ?? made) as Body)['settings'])).toBe(expected);
  });

  it.each([ANY, ...MARKS])("in a user's preferences, which are an entity by name, too: %s", async (text) => {
    const expected = sorted(parsed(text));
    const id = await world.tenants.idOf('member');
    expect(sorted((await send('patch', `/users/${id}`, `{"preferences":${text}}`))['preferences'])).toBe(expected);
    await send('patch', `/users/${id}`, '{"preferences":{}}');
    await send('patch', `/dbal/entities/User/${id}`, `{"preferences":${text}}`);
    expect(sorted((await get(`/users/${id}`))['preferences'])).toBe(expected);
  });

  it.each([ANY, ...MARKS])('in a workflow and its versions: %s', async (text) => {
    const expected = sorted(parsed(text));
    const node = { id: 'tell', type: 'action', config: { action: 'log', message: 'x', data: parsed(text) } };
    const body = { name: uniqueName(), trigger: 'manual', nodes: [trigger(), node], edges: edges('start -> tell') };
    const { id } = await send('post', '/workflows', JSON.stringify({ ...body, config: parsed(text) }));
    const workflow = await get(`/workflows/${id as string}`);
    expect(sorted(workflow['config'])).toBe(expected);
    expect(sorted(nodeData(workflow))).toBe(expected);
    const versions = await get(`/workflows/${id as string}/versions`);
    expect(JSON.stringify(versions)).toContain('"number":1');
    const entity = await get(`/dbal/entities/Workflow/${id as string}`);
    expect(sorted(nodeData(entity))).toBe(expected);
  });

  it.each([ANY, ...MARKS])('in the answer that a repeated request gets: %s', async (text) => {
    const body = `{"name":"${uniqueName()}","trigger":"manual","nodes":[],"edges":[],"config":${text}}`;
    const key = { 'idempotency-key': uniqueName().replaceAll(/\s/g, '-') };
    const first = await send('post', '/workflows', body, key);
    expect(sorted(await send('post', '/workflows', body, key))).toBe(sorted(first));
    expect(sorted(first['config'])).toBe(sorted(parsed(text)));
  });

  it.each([ANY, ...MARKS])('in the input of a run, and through its steps: %s', async (text) => {
    const expected = sorted(parsed(text));
    const nodes = [
      trigger(),
      action('told', 'log', { message: 'x', data: { whole: '{{ trigger }}' } }),
      { id: 'mapped', type: 'transform', config: { transform: '{"all": $}' } },
      { id: 'scripted', type: 'lua', config: { code: 'return input.all' } },
    ];
    const id = await world.workflow(nodes, edges('start -> told', 'told -> mapped', 'mapped -> scripted'));
    const { id: runId } = await send('post', `/workflows/${id}/runs`, `{"input":${text}}`);
    const run = await world.reached(runId as string);
    expect(run).toMatchObject({ status: 'succeeded', error: null });
    expect(sorted((await get(`/workflow-runs/${runId as string}`))['input'])).toBe(expected);
    expect(sorted(stepOf(run, 'start').output)).toBe(expected);
    expect(sorted(stepOf(run, 'scripted').output)).toBe(expected);
  });

  it('in the body of a hook and in the payload of an event, where expressions find it', async () => {
    const listener = await world.workflow(
      [
        trigger(),
        condition(
          'check',
          'trigger.payload.all.__proto__.a[0] == 1 && input.payload.all["constructor"].name == "Object"',
        ),
        { id: 'lua', type: 'lua', config: { code: 'return input.payload.all.__proto__.a[2]' } },
        {
          id: 'jsonata',
          type: 'transform',
          config: { transform: '__proto__ + $trigger.payload.all.__proto__.__proto__.b' },
        },
      ],
      edges('start -> check', 'check -true-> lua', 'lua -> jsonata'),
      { trigger: 'event', triggerConfig: { name: 'custom.any.key' } },
    );
    const hook = await send(
      'post',
      '/workflows',
      JSON.stringify({
        name: uniqueName(),
        trigger: 'webhook',
        nodes: [
          trigger(),
          action('emit', 'event.emit', {
            name: 'custom.any.key',
            payload: { all: '{{ trigger }}', part: '{{ trigger.__proto__.a }}' },
          }),
        ],
        edges: edges('start -> emit'),
      }),
    );
    for (const id of [listener, hook['id'] as string]) await send('post', `/workflows/${id}/activate`, '');
    const answer = await send('post', `/hooks/${hook['hookToken'] as string}`, ANY);
    const run = await world.reached((answer['runId'] ?? answer['id']) as string);
    expect(run).toMatchObject({ status: 'succeeded', error: null });
    expect(sorted((run as unknown as Body)['input'])).toBe(EXPECTED);
    const runs = async (): Promise<Body[]> => (await get(`/workflows/${listener}/runs`))['data'] as Body[];
    const [started] = await eventually(runs, (list) => list.length > 0);
    const heard = await world.reached(started!['id'] as string);
    expect(heard).toMatchObject({ status: 'succeeded', error: null });
    expect(stepOf(heard, 'jsonata').output).toBe(3);
  });

  it('in the input of a script that is tried', async () => {
    const { id } = await send('post', '/lua-scripts', JSON.stringify({ name: uniqueName(), code: 'return input' }));
    const tried = await send('post', `/lua-scripts/${id as string}/run`, `{"input":${ANY}}`);
    expect(sorted(tried['result'])).toBe(EXPECTED);
  });
});

function nodeData(workflow: Body): unknown {
  const nodes = workflow['nodes'] as { id: string; config: { data: unknown } }[];
  return nodes.find(({ id }) => id === 'tell')!.config.data;
}
