import { problemOf } from '../../support/contract.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';
import { uniqueName } from '../../support/workflow-drafts.js';

let app: TestApp;
let world: WorkflowWorld;
beforeAll(async () => {
  app = await createTestApp();
  world = await WorkflowWorld.create(app);
});
afterAll(() => app.close());

const WORKFLOW_SCOPES = ['workflow:read', 'workflow:create', 'workflow:update', 'dbal:operations'];

/** Sends requests with a new API key of the owner. */
async function keyWith(scopes: string[]) {
  const { body, status } = await world.as('owner').post('/api-keys', { name: uniqueName(), scopes });
  expect(status).toBe(201);
  const headers = { 'X-API-Key': (body as { key: string }).key };
  const nobody = world.tenants.nobody();
  return {
    post: (path: string, sent: object) => nobody.post(path, sent, headers),
    patch: (path: string, sent: object) => nobody.patch(path, sent, headers),
  };
}

const draft = (operation: string) => ({
  name: uniqueName(),
  nodes: [trigger(), action('act', 'dbal.operation', { operation, input: {} })],
  edges: edges('start -> act'),
});
const harmless = () => ({
  name: uniqueName(),
  nodes: [trigger(), action('act', 'log', { message: 'x' })],
  edges: edges('start -> act'),
});
const REFUSED = { status: 403, code: 'workflow.permission_not_held' };

describe('A workflow that an API key saves', () => {
  it('may do what the key may', async () => {
    const limited = await keyWith(WORKFLOW_SCOPES);
    expect((await limited.post('/workflows', harmless())).status).toBe(201);
    const permission = await permissionOf('offboard_user');
    const able = await keyWith([...WORKFLOW_SCOPES, permission]);
    expect((await able.post('/workflows', draft('offboard_user'))).status).toBe(201);
  });

  it('may do no more than the key, however it is saved', async () => {
    const key = await keyWith(WORKFLOW_SCOPES);
    const answer = await key.post('/workflows', draft('offboard_user'));
    expect(problemOf(answer)).toEqual(REFUSED);
    expect((answer.body as { detail: string }).detail).toContain(await permissionOf('offboard_user'));

    const { body } = await key.post('/workflows', harmless());
    const { id } = body as { id: string };
    expect(problemOf(await key.patch(`/workflows/${id}`, { nodes: draft('offboard_user').nodes }))).toEqual(REFUSED);

    expect((await world.as('owner').patch(`/workflows/${id}`, { nodes: draft('offboard_user').nodes })).status).toBe(
      200,
    );
    expect((await world.as('owner').patch(`/workflows/${id}`, { nodes: harmless().nodes })).status).toBe(200);
    expect(problemOf(await key.post(`/workflows/${id}/versions/2/restore`, {}))).toEqual(REFUSED);

    const { body: made } = await world.as('owner').post('/workflows', draft('offboard_user'));
    const input = { workflowId: (made as { id: string }).id };
    expect(problemOf(await key.post('/dbal/operations/duplicate_workflow', { input }))).toEqual(REFUSED);
  });

  it('names no operation by a reference, unless the key may do all that keys of its user can', async () => {
    const key = await keyWith([...WORKFLOW_SCOPES, await permissionOf('offboard_user')]);
    expect(problemOf(await key.post('/workflows', draft('{{ trigger.operation }}')))).toEqual(REFUSED);
    const unlimited = await keyWith([]);
    expect((await unlimited.post('/workflows', draft('{{ trigger.operation }}'))).status).toBe(201);
  });

  it('is not limited where a person saves it', async () => {
    expect((await world.as('owner').post('/workflows', draft('offboard_user'))).status).toBe(201);
  });
});

async function permissionOf(operation: string): Promise<string> {
  const { body } = await world.as('owner').get('/dbal/operations');
  const all = (body as { data: { name: string; permission: string }[] }).data;
  return all.find(({ name }) => name === operation)!.permission;
}
