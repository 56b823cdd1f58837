import { workflowDraft } from '../../support/workflow-drafts.js';
import { action, edges, trigger } from '../../support/workflow-world.js';
import { type Furniture, type Item, SPARE } from '../furniture.js';

export const furniture: Furniture = {
  async furnish({ post, add, newest }) {
    const active = async (draft: object): Promise<Item> => {
      const workflow = await post('/workflows', workflowDraft(draft));
      await post(`/workflows/${String(workflow['id'])}/activate`);
      return workflow;
    };
    const start = ({ id }: Item, input: object): Promise<Item> => post(`/workflows/${String(id)}/runs`, { input });
    const draft = newest('/workflows');
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
    // The newest stays a draft: it can be changed and deleted.
    for (const item of [hooked, workflow, draft]) add('/workflows', item);
  },
};
