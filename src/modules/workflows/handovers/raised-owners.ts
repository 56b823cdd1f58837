import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { type HearsOfRaises, OnRoleRaised } from '../../users/role-raises.js';
import type { User } from '../../users/users.types.js';
import { WorkflowHooksService } from '../../workflow-runs/hooks/workflow-hooks.service.js';
import { ScheduleService } from '../../workflow-runs/schedules/schedule.service.js';
import { RunNotifier } from '../../workflow-runs/watch/run-notifier.js';
import { RunOwnersRepository } from '../../workflow-runs/handovers/run-owners.repository.js';
import { WorkflowOwnersRepository } from './workflow-owners.repository.js';

/**
 * Somebody's workflows act with more rights from now on. Where others decided what these do, who may not do as much, they are treated as
 * if they were handed over: the address ends, they are paused, and wait for their owner; runs that may go on keep the rights of before.
 */
@OnRoleRaised()
export class RaisedOwners implements HearsOfRaises {
  constructor(
    private readonly workflows: WorkflowOwnersRepository,
    private readonly runs: RunOwnersRepository,
    private readonly hooks: WorkflowHooksService,
    private readonly schedules: ScheduleService,
    private readonly notifier: RunNotifier,
    private readonly audit: AuditService,
  ) {}

  async raised(actor: Actor, before: User, { id: ownerId, role }: User): Promise<void> {
    const waiting = await this.workflows.awaitOwner(ownerId, role);
    if (waiting.length === 0) return;
    const ids = waiting.map(({ id }) => id);
    await this.hooks.removeAll(ids);
    for (const { id, name, wasActive } of waiting) {
      if (wasActive) await this.schedules.paused(id);
      const details = { name, ownerRole: role, wasActive };
      await this.audit.record(actor, {
        action: 'workflow.awaits_owner',
        targetType: 'workflow',
        targetId: id,
        details,
      });
    }
    const running = await this.runs.limit(ids, ownerId, before.role);
    if (running.length > 0) await this.notifier.askedAll(running);
  }
}
