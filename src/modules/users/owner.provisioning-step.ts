import { SYSTEM_ACTOR } from '../../common/identity/actor.js';
import {
  type ProvisioningOutcome,
  type ProvisioningRequest,
  ProvisioningStep,
  type ProvisioningStepHandler,
  type ProvisioningTenant,
} from '../tenants/provisioning/provisioning-step.js';
import { UsersService } from './users.service.js';

@ProvisioningStep({ name: 'owner_created', order: 100 })
export class OwnerProvisioningStep implements ProvisioningStepHandler {
  constructor(private readonly users: UsersService) {}

  async apply(_tenant: ProvisioningTenant, { owner }: ProvisioningRequest): Promise<ProvisioningOutcome> {
    const { user, invitationToken } = await this.users.createOwner(SYSTEM_ACTOR, owner);
    const { id, username, email } = user;
    return {
      owner: { id, username, email, status: owner.password === undefined ? 'INVITED' : 'ACTIVE' },
      invitationToken,
    };
  }

  rollback(): Promise<void> {
    return this.users.removeOwner();
  }
}
