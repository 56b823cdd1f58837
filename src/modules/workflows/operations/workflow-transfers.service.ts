import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/auth/actor.js';
import { EventsService } from '../../../common/events/events.service.js';
import type { User } from '../../users/users.types.js';
import { workflowNotFound } from '../workflows.errors.js';
import { assertMayChange } from '../workflows.policy.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';

/** Gives workflows to somebody else. */
@Injectable()
export class WorkflowTransfersService {
  constructor(
    private readonly workflows: WorkflowOwnersRepository,
    private readonly audit: AuditService,
    private readonly events: EventsService,
  ) {}

  /**
   * Runs that have started go on with the rights of the old owner, later ones have those of the new one: so neither may be
   * above the actor, who could else have their own steps run with somebody's greater rights. Call it in a transaction.
   * @param ids all of the user's, if absent.
   * @throws ForbiddenError `workflow.not_yours`; NotFoundError `workflow.not_found` when one is missing or somebody else's.
   */
  async transfer(actor: Actor, from: User, to: User, ids?: readonly string[]): Promise<{ id: string; name: string }[]> {
    assertMayChange(actor, from);
    assertMayChange(actor, to);
    const transferred = await this.workflows.changeOwner(from.id, to.id, ids);
    if (ids && transferred.length < ids.length) throw workflowNotFound();
    for (const { id, name } of transferred) {
      await this.audit.record(actor, {
        action: 'workflow.transferred',
        targetType: 'workflow',
        targetId: id,
        before: { userId: from.id },
        after: { userId: to.id },
        details: { name },
      });
      await this.events.emit('workflow.transferred', { id, name, fromUserId: from.id, toUserId: to.id });
    }
    return transferred;
  }

  /**
   * The same with all workflows of somebody who leaves, and with their open runs, which would fail without an active owner.
   * Returns how many workflows there were.
   */
  async handOver(actor: Actor, from: User, to: User): Promise<number> {
    const transferred = await this.transfer(actor, from, to);
    await this.workflows.changeOwnerOfOpenRuns(from.id, to.id);
    return transferred.length;
  }
}
