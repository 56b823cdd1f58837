import { EnumField, UuidField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../../common/operations/operation.js';
import { type Offboarded, OffboardingService } from './offboarding.service.js';
import { OPEN_RUN_FATES, type OpenRunFate } from './owned-resource.js';

export class OffboardUserInput {
  @UuidField({ description: 'The id of the user being offboarded.' }) userId!: string;

  @UuidField({ description: 'The id of the new owner, who must be active.' })
  successorId!: string;

  @EnumField(OPEN_RUN_FATES, {
    optional: true,
    default: 'hand_over',
    description:
      'Whether runs that have not ended continue for the new owner, with the lower of both roles, or are cancelled.',
  })
  openRuns?: OpenRunFate;
}

@DbalOperation({
  name: 'offboard_user',
  description:
    'Transfers everything that a user owns to another user, ends the sessions and API keys of the first one, and deactivates them.',
  permission: 'user:manage',
  input: OffboardUserInput,
})
export class OffboardUserOperation implements Operation<OffboardUserInput> {
  constructor(private readonly offboarding: OffboardingService) {}

  execute(actor: Actor, { userId, successorId, openRuns }: OffboardUserInput): Promise<Offboarded> {
    return this.offboarding.offboard(actor, userId, successorId, openRuns);
  }
}
