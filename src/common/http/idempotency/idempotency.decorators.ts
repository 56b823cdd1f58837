import { SetMetadata } from '@nestjs/common';

export const SECRETS_METADATA = 'tenantry:idempotency:secrets';
export const OWN_TRANSACTIONS_METADATA = 'tenantry:idempotency:own-transactions';
export const IGNORES_KEY_METADATA = 'tenantry:idempotency:ignores-key';

/**
 * Fields of the response (`'key'`, or `'invitation.token'` inside an object) that are shown once: they are never stored,
 * and are `null` when the response is replayed.
 */
export const SecretsShownOnce = (...fields: string[]): MethodDecorator => SetMetadata(SECRETS_METADATA, fields);

/**
 * For a route whose work cannot be one transaction (several tenants, several steps, another isolation level): its
 * Idempotency-Key is claimed beforehand and the response recorded afterwards. After a crash in between, the key is refused
 * as in progress for five minutes, and then the work is done again.
 */
export const OwnTransactions = (): MethodDecorator => SetMetadata(OWN_TRANSACTIONS_METADATA, true);

/** For a route that takes or gives a stream, which can neither be compared nor replayed. */
export const IgnoresIdempotencyKey = (): MethodDecorator => SetMetadata(IGNORES_KEY_METADATA, true);
