import { SetMetadata } from '@nestjs/common';

export const SECRETS_METADATA = 'tenantry:idempotency:secrets';
export const OWN_TRANSACTIONS_METADATA = 'tenantry:idempotency:own-transactions';
export const IGNORES_KEY_METADATA = 'tenantry:idempotency:ignores-key';

/**
 * Response fields (`'key'`, or `'invitation.token'` inside an object) that are shown once: they are never stored, and
 * are `null` in a replayed response.
 */
export const SecretsShownOnce = (...fields: string[]): MethodDecorator => SetMetadata(SECRETS_METADATA, fields);

/**
 * For a route whose work cannot be one transaction (several tenants, several steps, another isolation level). Its
 * Idempotency-Key is claimed before and the response recorded after the work. After a crash in between, the key counts
 * as in progress for five minutes; after that a retry runs the work again.
 */
export const OwnTransactions = (): MethodDecorator => SetMetadata(OWN_TRANSACTIONS_METADATA, true);

/** For a route that receives or sends a stream, which can be neither compared nor replayed. */
export const IgnoresIdempotencyKey = (): MethodDecorator => SetMetadata(IGNORES_KEY_METADATA, true);
