import type { Actor } from '../../../common/identity/actor.js';
import { type HandsOverResources, type OpenRunFate, OwnedResource } from '../../users/offboarding/owned-resource.js';
import { UsersService } from '../../users/users.service.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

/** Hands over the workflows of a user who leaves, and their open runs. */
@OwnedResource('workflow')
export class OwnedWorkflows implements HandsOverResources {
  constructor(
    private readonly users: UsersService,
    private readonly transfers: WorkflowTransfersService,
  ) {}

  async handOver(actor: Actor, fromUserId: string, toUserId: string, openRuns: OpenRunFate): Promise<number> {
    const [from, to] = [await this.users.get(fromUserId), await this.users.get(toUserId)];
    return this.transfers.handOver(actor, from, to, openRuns);
  }
}
