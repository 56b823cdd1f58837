import { randomUUID } from 'node:crypto';

/** A name that no other workflow has. */
export const uniqueName = (): string => `Workflow ${randomUUID()}`;

/** The body of a workflow that can be run and needs nothing from outside. */
export const workflowDraft = (given: object = {}) => ({
  name: uniqueName(),
  nodes: [
    { id: 'start', type: 'trigger' },
    { id: 'check', type: 'condition', config: { condition: 'input.amount > 10' } },
    { id: 'note', type: 'action', config: { action: 'log', message: 'large' } },
  ],
  edges: [
    { id: 'e1', source: 'start', target: 'check' },
    { id: 'e2', source: 'check', target: 'note', label: 'true' },
  ],
  ...given,
});
