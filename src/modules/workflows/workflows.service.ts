import { Injectable } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { assertIfMatch, type VersionSource } from '../../common/contracts/etag.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { parseSort, toSlice } from '../../common/contracts/page.js';
import { DefinitionWriter } from './versions/definition-writer.js';
import { WorkflowBirth } from './workflow-birth.js';
import { WorkflowOwnership } from './workflow-ownership.js';
import { pendingHandover, workflowArchived, workflowNotFound } from './workflows.errors.js';
import { assertMayRun } from './workflows.policy.js';
import { type NewWorkflow, WorkflowsRepository } from './workflows.repository.js';
import {
  type CreatedWorkflow,
  type DefinitionChanges,
  definitionOf,
  isPendingHandover,
  type ListeningWorkflow,
  type RunnableWorkflow,
  type Workflow,
  WORKFLOW_SORTS,
  type WorkflowList,
  type ListedWorkflow,
} from './workflows.types.js';

@Injectable()
export class WorkflowsService implements VersionSource {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly birth: WorkflowBirth,
    private readonly definitions: DefinitionWriter,
    private readonly ownership: WorkflowOwnership,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Returns one page, newest first. @throws InvalidInputError for an unsupported sort order. */
  list(query: WorkflowList): Promise<{ rows: ListedWorkflow[]; total: number }> {
    const orderBy = parseSort(query.sort, WORKFLOW_SORTS, '-createdAt');
    return this.workflows.findPage(query, { ...toSlice(query), orderBy });
  }

  /** @throws NotFoundError `workflow.not_found`. */
  async get(id: string): Promise<Workflow> {
    const workflow = await this.workflows.findById(id);
    if (!workflow) throw workflowNotFound();
    return workflow;
  }

  /** @throws NotFoundError `workflow.not_found`. */
  currentVersion({ id }: { id: string }): Promise<Workflow> {
    return this.get(id);
  }

  /**
   * Creates a draft, which is validated only when it is activated or run. Its owner is the actor, or the tenant's owner
   * if the actor is not a user. `address` is returned for a webhook and cannot be read again.
   * @param copyOf the id of the workflow that it is a copy of.
   * @throws ConflictError `workflow.name_taken`; UnprocessableError `plan.limit_reached`.
   */
  create(
    actor: Actor,
    input: Pick<NewWorkflow, 'definition' | 'config'>,
    { copyOf }: { copyOf?: string } = {},
  ): Promise<CreatedWorkflow> {
    return this.dbal.transaction(async () => {
      const created = await this.birth.create(actor, input);
      await this.definitions.created(actor, created.workflow, copyOf);
      return created;
    });
  }

  /**
   * Creates a new version of the definition, unless nothing changes.
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow.name_taken`;
   * UnprocessableError `workflow.invalid` for an active workflow that could not run with it.
   */
  update(actor: Actor, id: string, changes: DefinitionChanges, ifMatch?: string): Promise<Workflow> {
    return this.dbal.transaction(async () => {
      const workflow = await this.getForUpdate(id);
      assertIfMatch(ifMatch, workflow);
      await this.ownership.assertMayChange(actor, workflow);
      const updated = await this.definitions.save(actor, workflow, definitionOf(merge(workflow, changes)));
      if (updated.version === workflow.version) return workflow;
      const fields = Object.keys(changes).sort();
      await this.record(actor, 'workflow.updated', id, { fields, definitionVersion: updated.definitionVersion });
      return updated;
    });
  }

  /**
   * Permanently deletes a workflow with its versions and runs.
   * @throws StaleVersionError; NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow.busy` while
   * runs have not ended.
   */
  async remove(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    await this.dbal.transaction(async () => {
      const workflow = await this.getForUpdate(id);
      assertIfMatch(ifMatch, workflow);
      await this.ownership.assertMayChange(actor, workflow);
      await this.definitions.delete(workflow);
      await this.record(actor, 'workflow.deleted', id, { name: workflow.name });
    });
  }

  /**
   * Returns the current data that a run needs. Active workflows are known to be valid; others are validated first.
   * @throws NotFoundError `workflow.not_found`; ConflictError `workflow.archived`; UnprocessableError
   * `workflow.invalid`.
   */
  async forRun(id: string): Promise<RunnableWorkflow> {
    const workflow = await this.get(id);
    if (workflow.status === 'archived') throw workflowArchived();
    const definition = definitionOf(workflow);
    if (workflow.status !== 'active') await this.definitions.assertRunnable(definition);
    const { name, status, definitionVersion: version, userId: ownerId } = workflow;
    return {
      workflowId: id,
      name,
      status,
      version,
      definition,
      ownerId,
      isPendingHandover: isPendingHandover(workflow),
    };
  }

  /**
   * Does the same for a manual run.
   * @throws the errors of `forRun`; ForbiddenError `workflow.not_yours`; ConflictError `workflow.pending_handover` for
   * users who could not approve the workflow either.
   */
  async forManualRun(actor: Actor, id: string): Promise<RunnableWorkflow> {
    const workflow = await this.forRun(id);
    assertMayRun(actor, workflow.ownerId);
    if (workflow.isPendingHandover && !(await this.ownership.mayChange(actor, { userId: workflow.ownerId }))) {
      throw pendingHandover();
    }
    return workflow;
  }

  /** Returns active workflows that an event of this name starts; callers evaluate their filters. */
  findListening(eventName: string): Promise<ListeningWorkflow[]> {
    return this.workflows.findListening(eventName);
  }

  /**
   * Returns the workflow, locked until the running transaction ends, for changes of it or of data that belongs to it.
   * @throws NotFoundError `workflow.not_found`; ForbiddenError `workflow.not_yours`.
   */
  async getForChange(actor: Actor, id: string): Promise<Workflow> {
    const workflow = await this.getForUpdate(id);
    await this.ownership.assertMayChange(actor, workflow);
    return workflow;
  }

  /**
   * Returns the `triggerConfig` of an active schedule, locked until the running transaction ends; null if it is not
   * active, or due at another time.
   */
  holdSchedule(id: string, dueAt: Date): Promise<JsonObject | null> {
    return this.workflows.findScheduleForUpdate(id, dueAt);
  }

  /** Saves when an active schedule starts its next run. */
  planned(id: string, nextRunAt: Date | null): Promise<void> {
    return this.workflows.setNextRun(id, nextRunAt);
  }

  private async getForUpdate(id: string): Promise<Workflow> {
    const workflow = await this.workflows.findForUpdate(id);
    if (!workflow) throw workflowNotFound();
    return workflow;
  }

  private record(actor: Actor, action: string, targetId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'workflow', targetId, details });
  }
}

/** Absent fields are left unchanged; null clears. */
function merge(workflow: Workflow, changes: DefinitionChanges): Workflow {
  const present = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...workflow, ...present };
}
