import { Prisma } from '../../src/generated/prisma/client.js';
import { workflowDraft } from '../support/workflow-drafts.js';
import { action, edges, trigger } from '../support/workflow-world.js';
import type { Side } from './fuzz-side.js';

export type Item = Record<string, unknown>;

/** How a tenant is furnished: as its owner, over HTTP, with what came out of it. */
export interface Furnishing {
  /** Paths below `/api/v1`. @returns the answer's body, or an empty object when it was refused. */
  post(path: string, body?: object): Promise<Item>;
  /** Makes something known as an item of a collection. */
  add(collection: string, item: Item): void;
  newest(collection: string): Item;
  side: Side;
}

/** Decisions and tokens are good once, so there are several. */
const SPARE = 4;

/**
 * What random bodies hardly ever bring about: things that have to be made one after the other, and names that no list tells.
 * Everything else is made from the description of the API alone.
 */
export async function furnish(furnishing: Furnishing): Promise<void> {
  await furnishWorkflows(furnishing);
  await askForMails(furnishing);
  const { post, add, newest, side } = furnishing;
  const colleagueId = side.people.get('admin')!.id;
  add('/power-transfers', await post('/power-transfers', { toUserId: colleagueId }));
  for (const entity of Object.keys(Prisma.ModelName)) add('/dbal/entities', { entity, key: colleagueId });
  for (const { id } of side.staff) add('/users', { id });
  const rows = { LuaScript: '/lua-scripts', User: '/users', Workflow: '/workflows' };
  for (const [entity, collection] of Object.entries(rows)) {
    const { id } = newest(collection);
    add('/dbal/entities', { entity, key: id });
    add(`/dbal/entities/${entity}`, { id });
  }
}

async function furnishWorkflows({ post, add }: Furnishing): Promise<void> {
  const active = async (draft: object): Promise<Item> => {
    const workflow = await post('/workflows', workflowDraft(draft));
    await post(`/workflows/${String(workflow['id'])}/activate`);
    return workflow;
  };
  const start = ({ id }: Item, input: object): Promise<Item> => post(`/workflows/${String(id)}/runs`, { input });
  const workflow = await active({});
  const decide = action('decide', 'approval', { approvers: ['role:viewer'] });
  const asking = await active({ nodes: [trigger(), decide], edges: edges('start -> decide') });
  const ask = async (): Promise<void> => add('/workflow-runs', { ...(await start(asking, {})), nodeId: 'decide' });
  add('/workflow-runs', await start(workflow, { amount: 12 }));
  await ask();
  // It fails: it has no amount to compare.
  add('/workflow-runs', await start(workflow, {}));
  for (let run = 2; run < SPARE; run += 1) await ask();
  const hooked = await active({ trigger: 'webhook' });
  add('/hooks', { token: hooked['hookToken'] });
  const draft = await post('/workflows', workflowDraft());
  const { id: scriptId } = await post('/lua-scripts', { name: 'Shared', code: 'return input' });
  const script = { id: 'say', type: 'lua', config: { scriptId } };
  const scripted = await post(
    '/workflows',
    workflowDraft({ nodes: [trigger(), script], edges: edges('start -> say') }),
  );
  for (const item of [asking, draft, hooked, workflow, { ...scripted, scriptId }]) add('/workflows', item);
}

/** What comes by mail arrives when jobs have run. */
async function askForMails({ post, side }: Furnishing): Promise<void> {
  for (let guest = 0; guest < SPARE; guest += 1)
    await post('/users/invitations', { email: `guest${guest}@${side.marker}.test`, role: 'member' });
  for (const role of ['manager', 'member', 'viewer'] as const) {
    const { username } = side.people.get(role)!;
    await post('/auth/password/forgot', { tenant: side.tenant.slug, identifier: username });
  }
}
