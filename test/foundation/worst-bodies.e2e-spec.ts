import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type ApiDocument,
  type ApiOperation,
  operationsOf,
  resolveSchema,
  type Schema,
} from '../fuzz/api-description.js';
import { type Answer, HttpClient } from '../support/http-client.js';
import { signedInPlatformAdmin } from '../support/principals.js';
import { TenantWorld } from '../support/tenant-world.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { TAKEN_VALUES, worstBodies } from '../support/worst-bodies.js';
import { uniqueName } from '../support/workflow-drafts.js';
import { action, edges, trigger } from '../support/workflow-world.js';

/** Main-thread time that a body may take, in times of what JSON.parse takes for it. */
const ALLOWED = 5;
const TRIES = 4;
const NODES = [trigger(), action('say', 'log', { message: 'x' })];

let test: TestApp;
let client: HttpClient;
/** With a connection that no body is on. */
let probe: HttpClient;
let world: TenantWorld;
let operations: ApiOperation[];
let document: ApiDocument;
let platform: string;

beforeAll(async () => {
  test = await createTestApp();
  client = new HttpClient(test.app, 40);
  probe = new HttpClient(test.app, 1);
  world = await TenantWorld.create(test);
  document = (await test.http.get('/api/openapi.json')).body as ApiDocument;
  operations = operationsOf(document).filter(({ body }) => body !== undefined);
  platform = (await signedInPlatformAdmin(test)).authorization;
}, 60_000);
afterAll(async () => {
  client?.close();
  probe?.close();
  await test?.close();
});

/** Milliseconds of the main thread, which the tests' own client shares. */
async function timeOf(work: () => unknown): Promise<number> {
  const start = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

/** The least of several: what disturbs a measurement makes it longer. */
async function leastOf(work: () => unknown, enough = 0): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least > enough; tries += 1) least = Math.min(least, await timeOf(work));
  return least;
}

async function send({ method, path, isPublic }: ApiOperation, text: string | Buffer, headers = {}): Promise<Answer> {
  const authorization = path.includes('/platform/') ? platform : `Bearer ${await world.tokenOf('owner')}`;
  return client.send({
    method,
    path: path.replaceAll(/\{[^}]+\}/g, () => randomUUID()),
    headers: { 'content-type': 'application/json', ...(!isPublic && { authorization }), ...headers },
    body: text,
  });
}

const post = (path: string, text: string, headers: Record<string, string> = {}): Promise<Answer> =>
  client.send({
    method: 'POST',
    path: `/api/v1${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(text),
  });

/** All fields of a schema, of whichever form the body may have. */
function fieldsOf(schema: Schema): Record<string, Schema> {
  const { properties, anyOf = [], allOf = [] } = resolveSchema(document, schema);
  return Object.assign({}, properties, ...[...anyOf, ...allOf].map(fieldsOf)) as Record<string, Schema>;
}

describe('The worst bodies', () => {
  it('cost every route at most five times what JSON.parse takes for them', async () => {
    const parsing = new Map<string, number>();
    const suspects: { what: string; allowedNow: () => Promise<number>; work: () => unknown }[] = [];
    const judged = new Set<string>();
    const heaviest = JSON.stringify(Array(340_000).fill({}));
    // Below a quarter of what the heaviest text takes, the fixed costs of a large request are all that is left.
    const floor = (await leastOf(() => JSON.parse(heaviest) as unknown)) / 4;
    for (const operation of operations) {
      const small = await leastOf(() => send(operation, '{}'));
      for (const { name, kind, text, rule } of worstBodies(fieldsOf(operation.body!))) {
        // Fields with the same rule are judged by the same code, whichever class they belong to.
        if (rule !== undefined && judged.has(rule)) continue;
        if (rule !== undefined) judged.add(rule);
        if (!parsing.has(kind)) parsing.set(kind, await leastOf(() => JSON.parse(text) as unknown));
        const allowed = small + ALLOWED * Math.max(parsing.get(kind)!, floor);
        const bytes = Buffer.from(text);
        const work = (): unknown => send(operation, bytes);
        if ((await leastOf(work, allowed)) > allowed)
          suspects.push({
            what: `${operation.id}, ${name}`,
            allowedNow: async () => small + ALLOWED * Math.max(await leastOf(() => JSON.parse(text) as unknown), floor),
            work,
          });
      }
    }
    // A collection of garbage falls on whoever is measured then. What is slow itself is slow again.
    const slow: string[] = [];
    for (const { what, allowedNow, work } of suspects) {
      const allowed = await allowedNow();
      const spent = Math.min(await leastOf(work, allowed), await leastOf(work, allowed));
      if (spent > allowed) slow.push(`${what}: ${spent.toFixed(1)} ms of ${allowed.toFixed(1)} ms`);
    }
    expect(operations.length).toBeGreaterThan(20);
    expect(judged.size).toBeGreaterThan(100);
    expect(slow).toEqual([]);
  }, 600_000);

  it('that are taken and stored cost no more, with an idempotency key, too', async () => {
    const owner = world.as('owner');
    const draft = { name: uniqueName(), nodes: NODES, edges: edges('start -> say') };
    const hook = (await owner.post('/workflows', { ...draft, trigger: 'webhook' })).body as Record<string, string>;
    await owner.post(`/workflows/${hook['id']}/activate`);
    const authorization = `Bearer ${await world.tokenOf('owner')}`;
    const ways: Record<string, (value: string) => Promise<Answer>> = {
      'a hook': (body) => post(`/hooks/${hook['hookToken']}`, body, { 'idempotency-key': randomUUID() }),
      'a run': (input) => post(`/workflows/${hook['id']}/runs`, `{"input":${input}}`, { authorization }),
      'a run with a key': (input) =>
        post(`/workflows/${hook['id']}/runs`, `{"input":${input}}`, { authorization, 'idempotency-key': randomUUID() }),
    };
    const heaviest = JSON.stringify(Array(340_000).fill({}));
    // Storing a text costs its length, even where reading it costs nothing.
    const allowedFor = async (text: string): Promise<number> =>
      ALLOWED *
      Math.max(await leastOf(() => JSON.parse(heaviest) as unknown), await leastOf(() => JSON.parse(text) as unknown));
    const slow: string[] = [];
    for (const [kind, text] of Object.entries(TAKEN_VALUES)) {
      for (const [way, send] of Object.entries(ways)) {
        expect([way, kind, (await send(text)).status]).toEqual([way, kind, 202]);
        // Both sides of the comparison at about the same time. A collection of garbage falls on whoever is measured then.
        let told = '';
        for (let tries = 0; tries < 3; tries += 1) {
          const allowed = await allowedFor(text);
          const spent = await leastOf(() => send(text), allowed);
          told = spent > allowed ? `${way}, ${kind}: ${spent.toFixed(1)} ms of ${allowed.toFixed(1)} ms` : '';
          if (told === '') break;
        }
        if (told !== '') slow.push(told);
      }
    }
    expect(slow).toEqual([]);
  }, 120_000);

  it('are refused early where there is no credential', async () => {
    const strangers = operations.filter(({ path, isPublic }) => isPublic && !path.includes('/hooks/'));
    expect(strangers.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/v1/auth/refresh', '/api/v1/platform/auth/login']),
    );
    for (const operation of strangers) {
      const large = JSON.stringify({ surprise: 'x'.repeat(16_400) });
      expect([operation.path, (await send(operation, large)).status]).toEqual([operation.path, 413]);
      const zipped = await send(operation, gzipSync(large), { 'content-encoding': 'gzip' });
      expect([operation.path, zipped.status]).toEqual([operation.path, 413]);
      expect((await send(operation, JSON.stringify({ surprise: 'x'.repeat(16_000) }))).status).toBe(400);
    }
  });

  it('stop nobody for longer than one of them takes', async () => {
    const operation = operations.find(({ path, method }) => path === '/api/v1/workflows/{id}' && method === 'PATCH')!;
    const edge = (index: number): object => ({
      id: `e${index}`,
      source: `n${index}`,
      target: `m${index}`,
      label: 'true',
    });
    const text = Buffer.from(JSON.stringify({ edges: Array.from({ length: 3000 }, (_, index) => edge(index)) }));

    /** How long `/livez` takes at most, in milliseconds of the main thread, while `count` of the bodies are on their way. */
    const longestWait = async (count: number): Promise<number> => {
      let longest = 0;
      let left = count;
      const answers = Promise.all(
        Array.from({ length: count }, () => send(operation, text).finally(() => (left -= 1))),
      );
      while (left > 0) {
        longest = Math.max(
          longest,
          await timeOf(async () => expect((await probe.send({ method: 'GET', path: '/livez' })).status).toBe(200)),
        );
      }
      await answers;
      return longest;
    };
    await longestWait(3);
    const one = Math.max(await longestWait(1), await longestWait(1), await longestWait(1));
    const many = Math.min(await longestWait(20), await longestWait(20));
    expect(many / one).toBeLessThan(2.5);
  }, 60_000);
});
