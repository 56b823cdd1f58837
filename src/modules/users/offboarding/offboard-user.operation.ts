import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Actor } from '../../../common/auth/actor.js';
import { DbalOperation, type Operation } from '../../../common/dbal/operations/operation.js';
import { LowerCased } from '../../../common/http/input-rules.js';
import { type Offboarded, OffboardingService } from './offboarding.service.js';

export class OffboardUserInput {
  @ApiProperty({ format: 'uuid', description: 'Who leaves.' })
  @LowerCased()
  @IsUUID()
  userId!: string;

  @ApiProperty({ format: 'uuid', description: 'Who takes over what the user owns. Active.' })
  @LowerCased()
  @IsUUID()
  successorId!: string;
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

  execute(actor: Actor, { userId, successorId }: OffboardUserInput): Promise<Offboarded> {
    return this.offboarding.offboard(actor, userId, successorId);
  }
}
