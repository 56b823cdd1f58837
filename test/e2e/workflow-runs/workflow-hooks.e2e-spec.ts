import { createHmac, randomUUID } from 'node:crypto';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' });
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

const NODES = [trigger(), action('say', 'log', { message: 'x', data: '{{ run.request }}' })];
const SECRET = 'It is one.';

interface Hook {
  id: string;
  url: string;
}

async function hook(triggerConfig: object = {}, nodes = NODES): Promise<Hook> {
  const body = { name: uniqueName(), trigger: 'webhook', triggerConfig, nodes, edges: edges('start -> say') };
  const { body: made } = await world.as('owner').post('/workflows', body);
  const { id, hookToken } = made as { id: string; hookToken: string };
  if ('verify' in triggerConfig) expect((await setSecret(id, { secret: SECRET })).status).toBe(200);
  expect((await world.as('owner').post(`/workflows/${id}/activate`)).status).toBe(200);
  return { id, url: `/hooks/${hookToken}` };
}

const setSecret = (id: string, body: object) =>
  app.http.put(`/api/v1/workflows/${id}/hook-secret`).set('Authorization', `Bearer ${token}`).send(body);
let token: string;
beforeAll(async () => {
  token = await world.tenants.tokenOf('owner');
});

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  app.http
    .post(`/api/v1${url}`)
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);
const runIdOf = ({ body }: { body: unknown }): string => (body as { runId: string }).runId;
const signature = (body: string, secret = SECRET): Record<string, string> => ({
  'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
async function runsOf(id: string): Promise<unknown[]> {
  return ((await world.as('owner').get(`/workflows/${id}/runs`)).body as { data: unknown[] }).data;
}

describe('A delivery to a hook that comes again', () => {
  it.each(['Idempotency-Key', 'Webhook-Id', 'X-GitHub-Delivery'])(
    'by its %s is answered with the run that it started first',
    async (header) => {
      const { id, url } = await hook();
      const key = { [header]: randomUUID() };
      const [first, second] = await Promise.all([post(url, '{"a":1}', key), post(url, '{"a":1}', key)]);
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(runIdOf(second)).toBe(runIdOf(first));
      expect(await runsOf(id)).toHaveLength(1);
      expect(runIdOf(await post(url, '{"a":1}', { [header]: randomUUID() }))).not.toBe(runIdOf(first));
      expect(runIdOf(await post(url, '{"a":1}'))).not.toBe(runIdOf(first));
    },
  );

  it('is told by the header that the trigger names, and by the usual ones where that is missing', async () => {
    const { id, url } = await hook({ deliveryHeader: 'X-Event-Id' });
    const again = { 'X-Event-Id': 'e1' };
    expect(runIdOf(await post(url, '{}', again))).toBe(runIdOf(await post(url, '{}', again)));
    await post(url, '{}', { 'Idempotency-Key': 'k', 'X-Event-Id': 'e2' });
    await post(url, '{}', { 'Idempotency-Key': 'k' });
    await post(url, '{}', { 'Idempotency-Key': 'k' });
    expect(await runsOf(id)).toHaveLength(3);
  });

  it('a day later is another one', async () => {
    const { url } = await hook();
    const key = { 'Webhook-Id': randomUUID() };
    const first = runIdOf(await post(url, '{}', key));
    await world.reached(first);
    const age = (hours: number): Promise<unknown> =>
      world.tenants.make.inTenant(
        world.tenants.tenant,
        () =>
          app.app.get(PrismaService).$executeRaw`
          UPDATE workflow_runs SET created_at = now() - ${hours}::int * interval '1 hour' WHERE id = ${first}::uuid`,
      );
    await age(23);
    expect(runIdOf(await post(url, '{}', key))).toBe(first);
    await age(25);
    expect(runIdOf(await post(url, '{}', key))).not.toBe(first);
  });

  it('to another workflow is another one', async () => {
    const [one, other] = [await hook(), await hook()];
    const key = { 'Idempotency-Key': 'the same' };
    expect(runIdOf(await post(one.url, '{}', key))).not.toBe(runIdOf(await post(other.url, '{}', key)));
  });
});

describe('What a run sees of its delivery', () => {
  async function requestOf(
    url: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Record<string, unknown>> {
    const run = await world.reached(runIdOf(await post(url, body, headers)));
    expect(run).toMatchObject({ status: 'succeeded', input: JSON.parse(body) as object, trigger: 'webhook' });
    const stored = await world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(PrismaService).workflowRun.findFirst({ where: { id: run.id }, select: { request: true } }),
    );
    return stored!.request as Record<string, unknown>;
  }

  it('are its headers, without credentials and signatures', async () => {
    const { url } = await hook();
    const seen = await requestOf(url, '{"a":1}', {
      'X-Event': 'order.paid',
      'User-Agent': 'shop',
      Cookie: 'a=b',
      'X-API-Key': 'k',
      'X-Hub-Signature-256': 'sha256=00',
      'X-My-Token': 't',
    });
    expect(seen).toEqual({
      headers: expect.objectContaining({ 'x-event': 'order.paid', 'user-agent': 'shop' }) as unknown,
    });
    const names = Object.keys(seen['headers'] as object);
    for (const hidden of ['cookie', 'x-api-key', 'x-hub-signature-256', 'x-my-token', 'host', 'content-length']) {
      expect(names).not.toContain(hidden);
    }
  });

  it('are the bytes of the body where the trigger asks for them', async () => {
    const { url } = await hook({ rawBody: true });
    const body = '{"a":   1.0, "b": "ü"}';
    expect(await requestOf(url, body, {})).toMatchObject({ rawBody: body });
  });

  it('stands in conditions, references, transforms and scripts as run.request; run.trigger stays the kind', async () => {
    const nodes = [
      trigger(),
      { id: 'paid', type: 'condition', config: { condition: 'run.request.headers["x-event"] == "paid"' } },
      { id: 'say', type: 'transform', config: { transform: '$run.request.headers.`x-event` & $run.trigger' } },
      { id: 'lua', type: 'lua', config: { code: 'return run.request.headers["x-event"]' } },
    ];
    const body = {
      name: uniqueName(),
      trigger: 'webhook',
      nodes,
      edges: edges('start -> paid', 'paid -true-> say', 'say -> lua'),
    };
    const { body: made } = await world.as('owner').post('/workflows', body);
    const { id, hookToken } = made as { id: string; hookToken: string };
    await world.as('owner').post(`/workflows/${id}/activate`);
    const run = await world.reached(runIdOf(await post(`/hooks/${hookToken}`, '{}', { 'X-Event': 'paid' })));
    expect(run.steps.map(({ nodeId, output }) => [nodeId, output])).toEqual(
      expect.arrayContaining([
        ['say', 'paidwebhook'],
        ['lua', 'paid'],
      ]),
    );
  });
});

describe('A hook that asks for signatures', () => {
  const BODY = '{"a":1}';
  const github = { verify: { type: 'github' } };

  it('takes deliveries that its secret has signed, and no others', async () => {
    const { id, url } = await hook(github);
    const refused = { status: 401, code: 'hook.not_signed' };
    expect((await world.as('owner').delete(`/workflows/${id}/hook-secret`)).status).toBe(204);
    // Without a secret there is nothing that anybody could sign with.
    expect(problemOf(await post(url, BODY, signature(BODY)))).toEqual(refused);
    expect((await setSecret(id, { secret: SECRET })).status).toBe(200);
    expect((await post(url, BODY, signature(BODY))).status).toBe(202);
    expect(problemOf(await post(url, BODY))).toEqual(refused);
    expect(problemOf(await post(url, BODY, signature(BODY, 'another')))).toEqual(refused);
    expect(problemOf(await post(url, `${BODY} `, signature(BODY)))).toEqual(refused);
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('takes two secrets while one is changed, for a day, or at once only the new one', async () => {
    const { id, url } = await hook(github);
    await setSecret(id, { secret: 'first', dropPrevious: true });
    const { body } = await setSecret(id, { secret: 'second' });
    const { updatedAt, previousUntil } = body as Record<string, string>;
    expect(Date.parse(previousUntil!) - Date.parse(updatedAt!)).toBe(24 * 3_600_000);
    const statusWith = async (secret: string): Promise<number> =>
      (await post(url, BODY, signature(BODY, secret))).status;
    expect([await statusWith('first'), await statusWith('second')]).toEqual([202, 202]);
    await setSecret(id, { secret: 'third', dropPrevious: true });
    expect([await statusWith('first'), await statusWith('second'), await statusWith('third')]).toEqual([401, 401, 202]);
  });

  it('never shows a secret, stores none readably, and writes down who set it', async () => {
    const { id } = await hook(github);
    expect((await world.as('owner').delete(`/workflows/${id}/hook-secret`)).status).toBe(204);
    expect(problemOf(await world.as('owner').get(`/workflows/${id}/hook-secret`))).toEqual({
      status: 404,
      code: 'hook_secret.not_found',
    });
    const answer = await setSecret(id, { secret: SECRET });
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect((await world.as('viewer').get(`/workflows/${id}/hook-secret`)).body).toEqual(answer.body);
    const stored = await world.tenants.make.inTenant(world.tenants.tenant, () =>
      app.app.get(PrismaService).workflowHookSecret.findFirst({ where: { workflowId: id } }),
    );
    expect(JSON.stringify(stored)).not.toContain(SECRET);
    const entries = await world.tenants.auditOf(id);
    expect(entries.map(({ action: name }) => name)).toContain('workflow.hook_secret_set');
    expect(JSON.stringify(entries)).not.toContain(SECRET);
    expect((await world.as('owner').delete(`/workflows/${id}/hook-secret`)).status).toBe(204);
    expect((await world.as('owner').delete(`/workflows/${id}/hook-secret`)).status).toBe(404);
  });

  it('cannot be activated, nor be added to an active workflow, while no secret is stored', async () => {
    const body = { name: uniqueName(), trigger: 'webhook', nodes: NODES, edges: edges('start -> say') };
    const { body: made } = await world.as('owner').post('/workflows', { ...body, triggerConfig: github });
    const { id } = made as { id: string };
    const refused = { status: 422, code: 'workflow.invalid' };
    const answer = await world.as('owner').post(`/workflows/${id}/activate`);
    expect(problemOf(answer)).toEqual(refused);
    expect((answer.body as { errors: object[] }).errors).toMatchObject([
      { pointer: '/triggerConfig/verify', code: 'secret_missing' },
    ]);
    expect((await world.as('owner').get(`/workflows/${id}`)).body).toMatchObject({ status: 'draft' });
    expect((await setSecret(id, { secret: SECRET })).status).toBe(200);
    expect((await world.as('owner').post(`/workflows/${id}/activate`)).status).toBe(200);

    const unsigned = await hook();
    const change = { triggerConfig: github };
    expect(problemOf(await world.as('owner').patch(`/workflows/${unsigned.id}`, change))).toEqual(refused);
    expect((await setSecret(unsigned.id, { secret: SECRET })).status).toBe(200);
    expect((await world.as('owner').patch(`/workflows/${unsigned.id}`, change)).status).toBe(200);
  });

  it('loses its secret with its address when it is given to somebody else', async () => {
    const { id } = await hook(github);
    await setSecret(id, { secret: SECRET });
    const to = (await world.tenants.newPerson({ role: 'admin' })).user.id;
    const input = { from: await world.tenants.idOf('owner'), to, workflowIds: [id] };
    const transfer = await world.as('owner').post('/dbal/operations/transfer_workflow', { input });
    expect(transfer.status).toBe(200);
    expect((await world.as('viewer').get(`/workflows/${id}/hook-secret`)).status).toBe(404);
  });

  it('is validated', async () => {
    const problems = async (triggerConfig: object): Promise<string[]> => {
      const body = {
        name: uniqueName(),
        trigger: 'webhook',
        triggerConfig,
        nodes: NODES,
        edges: edges('start -> say'),
      };
      const { body: made } = await world.as('owner').post('/workflows', body);
      const { id } = made as { id: string };
      const { body: verdict } = await world.as('owner').post(`/workflows/${id}/validate`);
      return (verdict as { problems: { pointer: string }[] }).problems.map(({ pointer }) => pointer);
    };
    expect(await problems({ verify: { type: 'gitlab' } })).toEqual(['/triggerConfig/verify/type']);
    expect(await problems({ verify: { type: 'hmac', header: 'a b', algorithm: 'md5' } })).toEqual([
      '/triggerConfig/verify/header',
      '/triggerConfig/verify/algorithm',
    ]);
    expect(await problems({ verify: { type: 'github', header: 'x' }, rawBody: 'yes', deliveryHeader: 7 })).toEqual([
      '/triggerConfig/deliveryHeader',
      '/triggerConfig/rawBody',
      '/triggerConfig/verify/header',
    ]);
    expect(
      await problems({ verify: { type: 'hmac', header: 'X-Sig', prefix: 'v1=', timestampHeader: 'X-Time' } }),
    ).toEqual([]);
  });
});
