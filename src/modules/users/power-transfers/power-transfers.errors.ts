import { ConflictError, ForbiddenError, NotFoundError, UnprocessableError } from '../../../common/errors/app-error.js';

export const powerTransferNotFound = () => new NotFoundError('power_transfer');

/** @remedy Choose another user. */
export const toOneself = () =>
  new UnprocessableError('power_transfer.to_oneself', 'You are already the owner; choose another user.');

export const targetNotActive = () =>
  new UnprocessableError('power_transfer.target_not_active', 'The new owner must be an active user.');

/** @remedy Wait until the user has responded, or cancel the pending transfer. */
export const alreadyAsked = () =>
  new ConflictError('power_transfer.pending', 'This user has not responded to an earlier request yet.');

const CLOSED = {
  accepted: 'power_transfer.accepted',
  rejected: 'power_transfer.rejected',
  cancelled: 'power_transfer.cancelled',
  expired: 'power_transfer.expired',
} as const;

/** @remedy Read the transfer again; the owner can request a new one. */
export const notPending = (status: keyof typeof CLOSED) =>
  new ConflictError(CLOSED[status], `The transfer is no longer pending: it is ${status}.`);

export const ownerChanged = () =>
  new ConflictError('power_transfer.owner_changed', 'The user who offered the transfer is no longer the owner.');

export const notTheTarget = () =>
  new ForbiddenError('power_transfer.not_the_target', 'Only the user who was asked can respond.');

export const notTheRequester = () =>
  new ForbiddenError('power_transfer.not_the_requester', 'Only the user who offered the transfer can withdraw it.');
