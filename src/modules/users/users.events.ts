import { defineEvents } from '../../common/events/event-catalog.js';

const ID = '01890000-0000-7000-8000-0000000000a1';

const of = (description: string, more: object = {}) => ({
  description,
  example: {
    actor: { kind: 'user', id: '01890000-0000-7000-8000-0000000000a0' },
    user: { id: ID, username: 'ada', email: 'ada@example.test', role: 'member', status: 'ACTIVE' },
    ...more,
  },
});

defineEvents({
  'user.created': of('A user was created or invited.'),
  'user.updated': of('Fields of a user changed; `changed` names them.', { changed: ['firstName', 'role'] }),
  'user.deleted': of('A user was deleted.'),
  'user.deactivated': of('A user was deactivated.'),
  'user.reactivated': of('A user was reactivated.'),
  'user.offboarded': of('A user was offboarded, and another user has taken over what they owned.'),
  'user.became_owner': of('A user has become the owner of the tenant.', { changed: ['role'] }),
});
