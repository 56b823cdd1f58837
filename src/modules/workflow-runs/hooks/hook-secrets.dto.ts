import { BooleanField, LineField, TimestampField } from '../../../common/contracts/fields.js';
import type { HookSecretState } from './hook-secrets.repository.js';

export class SetHookSecretDto {
  @LineField({
    max: 500,
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    writeOnly: true,
    description: 'The secret as the sender shows it. It is stored encrypted and cannot be read again.',
  })
  secret!: string;

  @BooleanField({
    optional: true,
    default: false,
    description: 'Whether the previous secret stops working at once. Otherwise it works for another day.',
  })
  dropPrevious?: boolean;
}

export class HookSecretDto {
  @TimestampField({ description: 'The time at which the secret was set.' }) updatedAt!: string;

  @TimestampField({
    nullable: true,
    description: 'The time until which signatures made with the previous secret are also accepted.',
  })
  previousUntil!: string | null;

  static of({ updatedAt, previousUntil }: HookSecretState): HookSecretDto {
    return { updatedAt: updatedAt.toISOString(), previousUntil: previousUntil?.toISOString() ?? null };
  }
}
