import { workflowDraft } from '../../support/workflow-drafts.js';
import { edges, trigger } from '../../support/workflow-world.js';
import type { Furniture } from '../furniture.js';

export const furniture: Furniture = {
  async furnish({ post, add }) {
    add('/workflows', await post('/workflows', workflowDraft()));
    const { id: scriptId } = await post('/lua-scripts', { name: 'Shared', code: 'return input' });
    const script = { id: 'say', type: 'lua', config: { scriptId } };
    const scripted = workflowDraft({ nodes: [trigger(), script], edges: edges('start -> say') });
    add('/workflows', { ...(await post('/workflows', scripted)), scriptId });
  },
  rows: { Workflow: '/workflows' },
};
