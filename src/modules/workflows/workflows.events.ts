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
});
