import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../../common/operations/operation.js';
import { LowerCased, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { type Offboarded, OffboardingService } from './offboarding.service.js';
import { OPEN_RUN_FATES, type OpenRunFate } from './owned-resource.js';

export class OffboardUserInput {
  @ApiProperty({ format: 'uuid', description: 'The id of the user being offboarded.' })
  @LowerCased()
  @IsUUID()
  userId!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'The id of the user who takes over what the other one owns. The user must be active.',
  })
  @LowerCased()
  @IsUUID()
  successorId!: string;

  @ApiPropertyOptional({
    enum: OPEN_RUN_FATES,
    default: 'hand_over',
    description:
      'Whether runs that have not ended continue for the successor, with the lower role of the two, or are cancelled.',
  })
  @MayBeAbsent()
  @IsIn(OPEN_RUN_FATES)
  openRuns?: OpenRunFate;
}

@DbalOperation({
  name: 'offboard_user',
  description:
    'Hands over everything a user owns to another one, ends their sessions and API keys, and deactivates them.',
  permission: 'user:manage',
  input: OffboardUserInput,
})
export class OffboardUserOperation implements Operation<OffboardUserInput> {
  constructor(private readonly offboarding: OffboardingService) {}

  execute(actor: Actor, { userId, successorId, openRuns }: OffboardUserInput): Promise<Offboarded> {
    return this.offboarding.offboard(actor, userId, successorId, openRuns);
  }
}
