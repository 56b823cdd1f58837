import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import type { DefinitionProblem } from '../definitions/definition.types.js';
import { DefinitionWriter } from '../versions/definition-writer.js';
import { WorkflowOwnership } from '../workflow-ownership.js';
import { workflowInStatus, workflowNotFound } from '../workflows.errors.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import { definitionOf, isPendingHandover, type Workflow, type WorkflowStatus } from '../workflows.types.js';

type Reached = Exclude<WorkflowStatus, 'draft'>;

/** The statuses from which each status can be reached. */
const FROM: Record<Reached, readonly WorkflowStatus[]> = {
  active: ['draft', 'paused', 'archived'],
  paused: ['active'],
  archived: ['draft', 'active', 'paused'],
};

const ACTIONS: Record<Reached, string> = {
  active: 'workflow.activated',
  paused: 'workflow.paused',
  archived: 'workflow.archived',
};

/** Activates, pauses and archives workflows. */
@Injectable()
export class WorkflowLifecycleService {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly definitions: DefinitionWriter,
    private readonly ownership: WorkflowOwnership,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Returns every problem that prevents the workflow from being activated or run.
   * @throws NotFoundError `workflow.not_found`.
   */
  async validate(id: string): Promise<DefinitionProblem[]> {
    const workflow = await this.workflows.findById(id);
    if (!workflow) throw workflowNotFound();
    return this.definitions.check(definitionOf(workflow));
  }

  /**
   * Lets the trigger start the workflow; a schedule's next run is planned in the same transaction. A workflow that was
   * handed over is thereby approved.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow.invalid_transition`;
   * UnprocessableError `workflow.invalid` with every problem.
   */
  activate(actor: Actor, id: string): Promise<Workflow> {
    return this.change(actor, id, 'active');
  }

  /** Restricts the workflow to manual starts. Open runs continue. Throws the errors of `activate`. */
  pause(actor: Actor, id: string): Promise<Workflow> {
    return this.change(actor, id, 'paused');
  }

  /** Prevents all starts until the workflow is activated again. Open runs continue. Throws the errors of `activate`. */
  archive(actor: Actor, id: string): Promise<Workflow> {
    return this.change(actor, id, 'archived');
  }

  private change(actor: Actor, id: string, to: Reached): Promise<Workflow> {
    return this.dbal.transaction(async () => {
      const workflow = await this.getForChange(actor, id);
      if (!FROM[to].includes(workflow.status)) throw workflowInStatus(workflow.status);
      if (to === 'active') await this.definitions.assertActivatable(definitionOf(workflow));
      const changed = await this.workflows.changeStatus(id, FROM[to], to);
      if (!changed) throw workflowNotFound();
      const takenOverFrom = to === 'active' && isPendingHandover(workflow) ? workflow.handedOverFrom : undefined;
      await this.record(actor, ACTIONS[to], id, takenOverFrom === undefined ? undefined : { takenOverFrom });
      return this.definitions.plan(changed);
    });
  }

  private async getForChange(actor: Actor, id: string): Promise<Workflow> {
    const workflow = await this.workflows.findForUpdate(id);
    if (!workflow) throw workflowNotFound();
    await this.ownership.assertMayChange(actor, workflow);
    return workflow;
  }

  private record(actor: Actor, action: string, targetId: string, details?: Record<string, unknown>): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'workflow', targetId, details });
  }
}
