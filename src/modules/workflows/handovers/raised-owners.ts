import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { type HearsOfRaises, OnRoleRaised } from '../../users/role-raises.js';
import type { User } from '../../users/users.types.js';
import { TriggerRegistry } from '../triggers/trigger-registry.js';
import { OpenRuns } from './open-runs.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';

/**
 * When a user's role is raised, the user's workflows would act with more rights. Those whose content was decided by
 * users with fewer rights are treated as if they were handed over: the address is removed, and they are paused until
 * their owner activates them. Open runs that may continue keep the previous rights.
 */
@OnRoleRaised()
export class RaisedOwners implements HearsOfRaises {
  constructor(
    private readonly workflows: WorkflowOwnersRepository,
    private readonly triggers: TriggerRegistry,
    private readonly openRuns: OpenRuns,
    private readonly audit: AuditService,
  ) {}

  async raised(actor: Actor, before: User, { id: ownerId, role }: User): Promise<void> {
    const waiting = await this.workflows.awaitOwner(ownerId, role);
    if (waiting.length === 0) return;
    await this.triggers.handedOver(waiting);
    for (const { id, name, isPaused: wasActive } of waiting) {
      const details = { name, ownerRole: role, wasActive };
      await this.audit.record(actor, {
        action: 'workflow.awaits_owner',
        targetType: 'workflow',
        targetId: id,
        details,
      });
    }
    const ids = waiting.map(({ id }) => id);
    await this.openRuns.limit(ids, { id: ownerId, role: before.role });
  }
}
