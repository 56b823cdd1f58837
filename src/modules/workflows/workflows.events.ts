import { defineEvents } from '../../common/events/event-catalog.js';

const ID = '01890000-0000-7000-8000-0000000000c1';

defineEvents({
  'workflow.transferred': {
    description: 'A workflow has a new owner.',
    example: {
      id: ID,
      name: 'Escalate large orders',
      fromUserId: '01890000-0000-7000-8000-0000000000a0',
      toUserId: '01890000-0000-7000-8000-0000000000a1',
      pendingHandover: false,
    },
  },
  'workflow_run.failed': {
    description: 'A run has failed for good.',
    example: {
      runId: '01890000-0000-7000-8000-0000000000c2',
      workflowId: ID,
      error: { code: 'http.status', message: 'The answer was 500.', nodeId: 'tell' },
    },
  },
});
