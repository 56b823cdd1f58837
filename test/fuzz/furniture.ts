import { Prisma } from '../../src/generated/prisma/client.js';
import { workflowDraft } from '../support/workflow-drafts.js';

export type Item = Record<string, unknown>;

/** How a tenant is furnished: as its owner, over HTTP, with what came out of it. */
export interface Furnishing {
  /** Paths below `/api/v1`. @returns the answer's body, or an empty object when it was refused. */
  post(path: string, body?: object): Promise<Item>;
  /** Makes something known as an item of a collection. */
  add(collection: string, item: Item): void;
  /** Somebody of the tenant who may be chosen for anything. */
  colleagueId: string;
}

/**
 * What random bodies hardly ever bring about: things that have to be made one after the other, and names that no list tells.
 * Everything else is made from the description of the API alone.
 */
export async function furnish({ post, add, colleagueId }: Furnishing): Promise<void> {
  const workflow = await post('/workflows', workflowDraft());
  await post(`/workflows/${String(workflow['id'])}/activate`);
  for (let run = 0; run < 2; run += 1) {
    add('/workflow-runs', await post(`/workflows/${String(workflow['id'])}/runs`, { input: { amount: 12 } }));
  }
  const hooked = await post('/workflows', workflowDraft({ trigger: 'webhook' }));
  await post(`/workflows/${String(hooked['id'])}/activate`);
  add('/hooks', { token: hooked['hookToken'] });
  for (const item of [hooked, workflow]) add('/workflows', item);
  add('/power-transfers', await post('/power-transfers', { toUserId: colleagueId }));
  for (const entity of Object.keys(Prisma.ModelName)) add('/dbal/entities', { entity, key: colleagueId });
  add('/dbal/entities', { entity: 'Workflow', key: workflow['id'] });
  add('/dbal/entities', { entity: 'User', key: colleagueId });
}
