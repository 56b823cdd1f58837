import { defineEvents } from '../../common/events/event-catalog.js';

defineEvents({
  'workflow_run.failed': {
    description: 'A run has failed.',
    example: {
      runId: '01890000-0000-7000-8000-0000000000c2',
      workflowId: '01890000-0000-7000-8000-0000000000c1',
      error: { code: 'http.status', message: 'The server responded with 500.', nodeId: 'report' },
    },
  },
});
