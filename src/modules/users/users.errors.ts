import { ConflictError, ForbiddenError, NotFoundError } from '../../common/errors/app-error.js';

export const userNotFound = () => new NotFoundError('user');

/** @remedy Use another email address, or find the user who has it. */
export const emailTaken = () => new ConflictError('user.email_taken', 'Another user already has this email address.');

/** @remedy Choose another username. */
export const usernameTaken = () => new ConflictError('user.username_taken', 'Another user already has this username.');

export const aboveYourLevel = () =>
  new ForbiddenError('user.above_your_level', 'You cannot manage users or assign roles above your own level.');

export const notBelowYourLevel = () =>
  new ForbiddenError(
    'user.not_below_your_level',
    'API keys and workflows can only create, invite, promote and reactivate users below the level of the user they act for.',
  );

export const namesArePersonal = () =>
  new ForbiddenError(
    'user.names_are_personal',
    'API keys, workflows and platform admins cannot change usernames or email addresses; only signed-in users of the tenant can.',
  );

/** @remedy Leave the password out. */
export const passwordsArePersonal = () =>
  new ForbiddenError(
    'user.passwords_are_personal',
    'Only signed-in users of the tenant can set passwords. Omit the password to invite the user by email.',
  );

/** @remedy Request a power transfer instead. */
export const ownerExists = () =>
  new ConflictError('user.owner_exists', 'A tenant has exactly one owner. To change it, use a power transfer.');

/** @remedy Transfer the ownership first. */
export const ownerProtected = () =>
  new ConflictError('user.owner_protected', 'The owner cannot be deleted, demoted or deactivated.');

/** @remedy Ask another administrator. */
export const ownAccount = () =>
  new ConflictError('user.own_account', 'You cannot delete or deactivate your own account. Ask another administrator.');

export const notActive = () => new ConflictError('user.not_active', 'Only an active user can be deactivated.');

export const notDeactivated = () =>
  new ConflictError('user.not_deactivated', 'Only a deactivated user can be reactivated.');
