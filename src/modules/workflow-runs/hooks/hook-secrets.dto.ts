import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { IsOneLine, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import type { HookSecretState } from './hook-secrets.repository.js';

export class SetHookSecretDto {
  @ApiProperty({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'The secret as the sender shows it. It is stored encrypted and cannot be read again.',
    writeOnly: true,
  })
  @IsOneLine(500)
  secret!: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Whether the previous secret stops working at once. Otherwise it works for another day.',
  })
  @MayBeAbsent()
  @IsBoolean()
  dropPrevious?: boolean;
}

export class HookSecretDto {
  @ApiProperty({ format: 'date-time', description: 'The time at which the secret was set.' })
  updatedAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The time until which signatures made with the previous secret are also accepted.',
  })
  previousUntil!: string | null;

  static of({ updatedAt, previousUntil }: HookSecretState): HookSecretDto {
    return { updatedAt: updatedAt.toISOString(), previousUntil: previousUntil?.toISOString() ?? null };
  }
}
