import type { Change, ChangeTarget } from '../../../common/events/change-log.js';
import { defineEvents } from '../../../common/events/event-catalog.js';
import type { PowerTransfer } from './power-transfers.types.js';

const of = (description: string) => ({
  description,
  example: {
    id: '01890000-0000-7000-8000-0000000000b1',
    fromUserId: '01890000-0000-7000-8000-0000000000a0',
    toUserId: '01890000-0000-7000-8000-0000000000a1',
  },
});

defineEvents({
  'power_transfer.requested': of('The owner has offered the ownership of the tenant to another user.'),
  'power_transfer.accepted': of('The tenant has a new owner.'),
  'power_transfer.rejected': of('A user has declined the ownership of the tenant.'),
  'power_transfer.cancelled': of('An offer was withdrawn, or replaced by another.'),
});

/** Returns the target and details of a transfer for `ChangeLog`. */
export function changed({ id, fromUserId, toUserId }: PowerTransfer): [ChangeTarget, Change] {
  const details = { fromUserId, toUserId };
  return [{ type: 'power_transfer', id, payload: { id, ...details } }, { details }];
}
