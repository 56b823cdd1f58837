import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { edges, log, trigger, WorkflowWorld } from '../support/workflow-world.js';

type Row = Record<string, unknown>;

interface ExampleClient {
  signIn(tenant: string, identifier: string, password: string): Promise<Row>;
  signOut(): Promise<void>;
  get(path: string, query?: object): Promise<Row>;
  create(path: string, body: object, options?: { key: string }): Promise<Row>;
  update(path: string, change: (current: Row) => object): Promise<Row>;
  remove(path: string): Promise<void>;
  list(path: string, query?: object): AsyncGenerator<Row>;
  events(path: string): AsyncGenerator<{ id: string; type: string; data: unknown }>;
}

async function all<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('The example client of the documentation', () => {
  const PASSWORD = 'correct horse battery';
  let app: TestApp;
  let world: WorkflowWorld;
  let client: ExampleClient;

  beforeAll(async () => {
    app = await createTestApp({ APP_ROLE: 'all' });
    world = await WorkflowWorld.create(app);
    const { TenantryClient } = (await import('../../docs/examples/client.mjs' as string)) as {
      TenantryClient: new (base: string) => ExampleClient;
    };
    client = new TenantryClient(`http://127.0.0.1:${(app.app.getHttpServer().address() as AddressInfo).port}`);
    const { tenant, make } = world.tenants;
    const user = await make.createUser(tenant, { role: 'admin', password: PASSWORD });
    expect(await client.signIn(tenant.slug, user.email, PASSWORD)).toMatchObject({ email: user.email });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  /** Lets requests go out changed. */
  function whenSending(change: (init: RequestInit & { headers: Record<string, string> }, count: number) => void): void {
    const send = globalThis.fetch;
    let count = 0;
    jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
      change(init as never, (count += 1));
      return send(url, init);
    });
  }

  it('creates once, and reads whole lists page by page', async () => {
    const body = { name: 'say_hello', code: 'return 1' };
    const created = await client.create('/lua-scripts', body, { key: 'the-same' });
    expect((await client.create('/lua-scripts', body, { key: 'the-same' }))['id']).toBe(created['id']);
    const scripts = await all(client.list('/lua-scripts', { limit: 1 }));
    expect(scripts.map(({ id }) => id)).toEqual([created['id']]);
    const users = await all(client.list('/users', { limit: 1 }));
    expect(users).toHaveLength(2);
    expect(await all(client.list('/audit-log', { limit: 1 }))).not.toHaveLength(0);
  });

  it('loses no change of somebody else', async () => {
    const { id } = await client.create('/lua-scripts', { name: 'together', code: 'return 1' });
    let reads = 0;
    const updated = await client.update(`/lua-scripts/${String(id)}`, (current) => {
      reads += 1;
      return { description: `${String(current['description'] ?? '')}!` };
    });
    expect([reads, updated['description']]).toEqual([1, '!']);
    whenSending((init, count) => {
      if (count === 2) init.headers['If-Match'] = '"0"';
    });
    await client.update(`/lua-scripts/${String(id)}`, () => {
      reads += 1;
      return { description: 'again' };
    });
    expect(reads).toBe(3);
    jest.restoreAllMocks();
    await client.remove(`/lua-scripts/${String(id)}`);
    await expect(client.get(`/lua-scripts/${String(id)}`)).rejects.toMatchObject({
      status: 404,
      code: 'lua_script.not_found',
    });
  });

  it('refreshes an expired token once for all requests that find it expired', async () => {
    const paths: string[] = [];
    const send = globalThis.fetch;
    jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
      paths.push(new URL(url as string).pathname.replace('/api/v1', ''));
      const isFirst = paths.filter((path) => path === '/auth/me').length <= 3;
      const headers = init!.headers as Record<string, string>;
      if (isFirst && headers['Authorization']) headers['Authorization'] = 'Bearer expired';
      return send(url, init);
    });
    const answers = await Promise.all([1, 2, 3].map(() => client.get('/auth/me')));
    expect(answers).toHaveLength(3);
    expect(paths.filter((path) => path === '/auth/refresh')).toHaveLength(1);
  });

  it('follows a run to its end', async () => {
    const workflow = await world.workflow([trigger(), log('say')], edges('start -> say'));
    const run = await client.create(`/workflows/${workflow}/runs`, { input: {} });
    const events = await all(client.events(`/workflow-runs/${String(run['id'])}/events`));
    expect(events.at(-1)).toMatchObject({ type: 'run.succeeded' });
  });

  it('signs out', async () => {
    await client.signOut();
    await expect(client.get('/auth/me')).rejects.toMatchObject({ status: 401, code: 'auth.unauthenticated' });
  });
});
