import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { levelOf } from '../../../common/identity/roles.js';
import { ChangeLog } from '../../../common/events/change-log.js';
import type { OpenRunFate } from '../../users/offboarding/owned-resource.js';
import type { User } from '../../users/users.types.js';
import { TriggerRegistry } from '../triggers/trigger-registry.js';
import { workflowNotFound } from '../workflows.errors.js';
import { assertMayChange } from '../workflows.policy.js';
import { OpenRuns } from './open-runs.js';
import { type TransferredWorkflow, WorkflowOwnersRepository } from './workflow-owners.repository.js';

/** Transfers workflows to another owner. */
@Injectable()
export class WorkflowTransfersService {
  constructor(
    private readonly workflows: WorkflowOwnersRepository,
    private readonly triggers: TriggerRegistry,
    private readonly openRuns: OpenRuns,
    private readonly changes: ChangeLog,
  ) {}

  /**
   * Transfers workflows. Open runs continue with the rights of the old owner, or are cancelled; later ones have the
   * rights of the new owner. So neither may be above the actor, who could otherwise execute own steps with their
   * greater rights. The new owner has not approved the workflow: its address is removed, and if the new owner's role is
   * higher, it is paused until activated again. Call it in a transaction.
   * @param ids all of the user's, if absent.
   * @throws ForbiddenError `workflow.not_yours`; NotFoundError `workflow.not_found` if one is missing or belongs to
   * another user.
   */
  async transfer(
    actor: Actor,
    from: User,
    to: User,
    { ids, cancelsRuns = false }: { ids?: readonly string[]; cancelsRuns?: boolean } = {},
  ): Promise<TransferredWorkflow[]> {
    assertMayChange(actor, from);
    assertMayChange(actor, to);
    const isUpwards = levelOf(to.role) > levelOf(from.role);
    const transferred = await this.workflows.changeOwner(from.id, to.id, isUpwards, ids);
    if (ids && transferred.length < ids.length) throw workflowNotFound();
    // After the change of owners: an address created before it is found and removed, and none can be created after it.
    await this.triggers.handedOver(transferred);
    for (const workflow of transferred) await this.#tell(actor, from, to, workflow);
    const workflowIds = transferred.map(({ id }) => id);
    if (cancelsRuns) await this.openRuns.cancel(actor, from.id, workflowIds);
    return transferred;
  }

  /**
   * Transfers all workflows of a user who leaves, and their open runs, which would fail without an active owner.
   * Returns the number of workflows.
   */
  async handOver(actor: Actor, from: User, to: User, openRuns: OpenRunFate): Promise<number> {
    const transferred = await this.transfer(actor, from, to);
    if (openRuns === 'cancel') await this.openRuns.cancel(actor, from.id);
    else await this.openRuns.handOver(from, to);
    return transferred.length;
  }

  #tell(actor: Actor, from: User, to: User, { id, name, pendingHandover }: TransferredWorkflow): Promise<void> {
    const payload = { id, name, fromUserId: from.id, toUserId: to.id, pendingHandover };
    return this.changes.record(
      actor,
      'workflow.transferred',
      { type: 'workflow', id, payload },
      { before: { userId: from.id }, after: { userId: to.id }, details: { name, pendingHandover } },
    );
  }
}
