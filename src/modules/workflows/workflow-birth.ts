import { Injectable } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../common/identity/actor.js';
import { OwnTenantService } from '../tenants/own-tenant.service.js';
import { planLimitReached } from '../tenants/plan-limits.js';
import { TriggerRegistry } from './triggers/trigger-registry.js';
import { WorkflowVersionsRepository } from './versions/workflow-versions.repository.js';
import { OwnersService } from '../users/owners.service.js';
import { type NewWorkflow, WorkflowsRepository } from './workflows.repository.js';
import type { CreatedWorkflow } from './workflows.types.js';
import { databaseNow } from '../../common/time/database-clock.js';

/** Creates workflows. Does not check permissions; the callers do. Call it in a transaction. */
@Injectable()
export class WorkflowBirth {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: WorkflowVersionsRepository,
    private readonly triggers: TriggerRegistry,
    private readonly owners: OwnersService,
    private readonly tenants: OwnTenantService,
    private readonly audit: AuditService,
  ) {}

  /** @throws ConflictError `workflow.name_taken`; UnprocessableError `plan.limit_reached`. */
  async create(
    actor: Actor,
    { definition, config }: Pick<NewWorkflow, 'definition' | 'config'>,
  ): Promise<CreatedWorkflow> {
    await this.takePlace();
    const createdBy = userIdOf(actor);
    const userId = await this.owners.ownerFor(actor);
    // The run that creates it started under another owner, so the new one has not approved it.
    const handedOverAt = actor.isSuccessor ? databaseNow() : null;
    const workflow = await this.workflows.create({ definition, config, userId, createdBy, handedOverAt });
    await this.versions.create({ workflowId: workflow.id, number: workflow.definitionVersion, definition, createdBy });
    const address = await this.triggers.created(workflow);
    await this.audit.record(actor, {
      action: 'workflow.created',
      targetType: 'workflow',
      targetId: workflow.id,
      details: { name: workflow.name, trigger: workflow.trigger, userId },
    });
    return { workflow, address };
  }

  private async takePlace(): Promise<void> {
    await this.workflows.lockCount();
    const limit = await this.tenants.limitOf('workflows');
    if (limit !== null && (await this.workflows.count()) >= limit) throw planLimitReached('workflows', limit);
  }
}
