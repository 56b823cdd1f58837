import { ConflictError, ForbiddenError, NotFoundError } from '../../common/errors/app-error.js';

export const userNotFound = () => new NotFoundError('user');

/** @remedy Use another e-mail address, or find the user who has it. */
export const emailTaken = () => new ConflictError('user.email_taken', 'Another user has this e-mail address.');

/** @remedy Choose another username. */
export const usernameTaken = () => new ConflictError('user.username_taken', 'Another user has this username.');

export const aboveYourLevel = () =>
  new ForbiddenError('user.above_your_level', 'Nobody changes users or gives roles above their own level.');

export const notBelowYourLevel = () =>
  new ForbiddenError(
    'user.not_below_your_level',
    'An API key or a workflow makes, invites, raises and reactivates only people below the level of the user it acts for.',
  );

export const namesArePersonal = () =>
  new ForbiddenError(
    'user.names_are_personal',
    'Only somebody who has signed in to the tenant changes a username or an e-mail address: no API key, workflow or platform admin does.',
  );

/** @remedy Leave the password out. */
export const passwordsArePersonal = () =>
  new ForbiddenError(
    'user.passwords_are_personal',
    'Only somebody who has signed in to the tenant sets a password. Leave it out: the user is invited by mail.',
  );

/** @remedy Request a power transfer instead. */
export const ownerExists = () =>
  new ConflictError('user.owner_exists', 'A tenant has exactly one owner. Ownership changes by a power transfer.');

/** @remedy Transfer the ownership first. */
export const ownerProtected = () =>
  new ConflictError('user.owner_protected', 'The owner cannot be deleted, demoted or deactivated.');

/** @remedy Ask another administrator. */
export const ownAccount = () =>
  new ConflictError('user.own_account', 'Nobody deletes or deactivates their own account. Ask another administrator.');

export const notActive = () => new ConflictError('user.not_active', 'Only an active user can be deactivated.');

export const notDeactivated = () =>
  new ConflictError('user.not_deactivated', 'Only a deactivated user can be reactivated.');
