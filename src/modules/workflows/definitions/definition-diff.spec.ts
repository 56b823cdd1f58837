import { diffDefinitions } from './definition-diff.js';
import type { WorkflowDefinition } from './definition.types.js';

const base: WorkflowDefinition = {
  name: 'Escalate',
  trigger: 'manual',
  triggerConfig: {},
  nodes: [
    { id: 'a', type: 'transform', config: { transform: '$' } },
    { id: 'b', type: 'lua', config: { code: 'return 1' } },
  ],
  edges: [{ id: 'e1', source: 'a', target: 'b' }],
  settings: { timeoutMs: 1000 },
};

const NOTHING = { added: [], removed: [], changed: [] };

describe('the difference of two definitions', () => {
  it('is nothing between equal ones, in whatever order', () => {
    const same = { ...base, nodes: [...base.nodes].reverse(), settings: { timeoutMs: 1000 } };
    expect(diffDefinitions(base, same)).toEqual({ fields: [], nodes: NOTHING, edges: NOTHING });
  });

  it('tells what came, went and changed', () => {
    const [a, b] = base.nodes;
    const changed = { ...a!, config: { transform: '$.x' } };
    const added = { id: 'c', type: 'trigger', config: {} };
    const edges = [{ id: 'e1', source: 'a', target: 'c' }];
    expect(diffDefinitions(base, { ...base, nodes: [changed, added], edges })).toEqual({
      fields: [],
      nodes: { added: [added], removed: [b], changed: [{ id: 'a', from: a, to: changed }] },
      edges: { added: [], removed: [], changed: [{ id: 'e1', from: base.edges[0], to: edges[0] }] },
    });
  });

  it('turns round when the versions do', () => {
    const later = { ...base, nodes: base.nodes.slice(1), edges: [] };
    const [forth, back] = [diffDefinitions(base, later), diffDefinitions(later, base)];
    expect(back.nodes.added).toEqual(forth.nodes.removed);
    expect(back.edges.added).toEqual(forth.edges.removed);
  });

  it('tells fields that differ, with null for one that is absent', () => {
    const later = { ...base, description: 'new', trigger: 'webhook' as const, settings: {} };
    expect(diffDefinitions(base, later).fields).toEqual([
      { field: 'description', from: null, to: 'new' },
      { field: 'trigger', from: 'manual', to: 'webhook' },
      { field: 'settings', from: { timeoutMs: 1000 }, to: {} },
    ]);
  });
});
