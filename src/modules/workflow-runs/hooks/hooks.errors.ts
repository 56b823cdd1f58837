import { ConflictError, NotFoundError, UnauthenticatedError } from '../../../common/errors/app-error.js';

export const hookSecretNotFound = () => new NotFoundError('hook_secret');

/** @remedy Sign the delivery with the secret of the hook. */
export const hookNotSigned = () =>
  new UnauthenticatedError('hook.not_signed', 'The delivery is not signed with the secret of this hook.');

export const notAWebhook = () =>
  new ConflictError('workflow.no_webhook', 'Only a workflow with a webhook trigger has an address.');
