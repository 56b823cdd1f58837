import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/identity/actor.js';
import { isOwn, mayChange } from '../../common/identity/ownership.js';
import { OwnersService } from '../users/owners.service.js';
import { notYourWorkflow } from './workflows.errors.js';

/** Decides who may change a workflow. */
@Injectable()
export class WorkflowOwnership {
  constructor(private readonly owners: OwnersService) {}

  /** Runs act with the owner's rights: see `mayChange` in `common/identity/ownership`. */
  async mayChange(actor: Actor, { userId }: { userId: string }): Promise<boolean> {
    // Most users change their own workflows, which needs no lookup.
    return isOwn(actor, userId) || mayChange(actor, await this.owners.holder(userId));
  }

  /** @throws ForbiddenError `workflow.not_yours` */
  async assertMayChange(actor: Actor, owned: { userId: string }): Promise<void> {
    if (!(await this.mayChange(actor, owned))) throw notYourWorkflow();
  }
}
