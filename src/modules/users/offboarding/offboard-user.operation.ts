import { EnumField, UuidField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../../common/operations/operation.js';
import { type Offboarded, OffboardingService } from './offboarding.service.js';
import { OPEN_RUN_FATES, type OpenRunFate } from './owned-resource.js';

export class OffboardUserInput {
  @UuidField({ description: 'The id of the user being offboarded.' }) userId!: string;

  @UuidField({ description: 'The id of the user who takes over what the other one owns. The user must be active.' })
  successorId!: string;

  @EnumField(OPEN_RUN_FATES, {
    optional: true,
    default: 'hand_over',
    description:
      'Whether runs that have not ended continue for the successor, with the lower role of the two, or are cancelled.',
  })
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
