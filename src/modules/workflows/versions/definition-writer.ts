import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { ScriptUsesService } from '../../scripting/lua-scripts/uses/script-uses.service.js';
import { OpenRuns } from '../handovers/open-runs.js';
import { TriggerRegistry } from '../triggers/trigger-registry.js';
import { WorkflowVersionStore } from './workflow-version-store.js';
import { workflowBusy, workflowInvalid, workflowNotFound } from '../workflows.errors.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import { definitionOf, type Workflow } from '../workflows.types.js';
import { DefinitionChecker } from '../definitions/definition-checker.js';
import { scriptIdsOf } from '../definitions/definition-texts.js';
import type { DefinitionProblem, WorkflowDefinition } from '../definitions/definition.types.js';

/** The one way by which the definition of a workflow changes. */
@Injectable()
export class DefinitionWriter {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: WorkflowVersionStore,
    private readonly checker: DefinitionChecker,
    private readonly triggers: TriggerRegistry,
    private readonly runs: OpenRuns,
    private readonly scripts: ScriptUsesService,
  ) {}

  /**
   * Makes a new version, in the running transaction. What equals the present definition changes nothing.
   * @param workflow as read for update.
   * @throws UnprocessableError `workflow.invalid` when the workflow is active and could not run like this,
   * `plan.limit_reached` when runs use too many versions; ConflictError `workflow.name_taken`; ForbiddenError
   * `workflow.permission_not_held` for an API key without the permissions of the actions.
   */
  async save(actor: Actor, workflow: Workflow, definition: WorkflowDefinition): Promise<Workflow> {
    if (isDeepStrictEqual(definitionOf(workflow), definition)) return workflow;
    this.checker.assertWithinKey(actor, definition);
    const isActive = workflow.status === 'active';
    if (isActive) await this.assertActivatable(definition);
    const number = workflow.definitionVersion + 1;
    await this.versions.add({ workflowId: workflow.id, number, definition, createdBy: userIdOf(actor) });
    const updated = await this.workflows.updateDefinition(workflow.id, definition, number);
    if (!updated) throw workflowNotFound();
    await this.scripts.defined(actor, workflow.id, scriptIdsOf(definition), scriptIdsOf(workflow));
    if (definition.trigger !== workflow.trigger) await this.triggers.deleted(workflow);
    return isActive ? this.plan(updated) : updated;
  }

  /**
   * What a new workflow needs, in the transaction that makes it.
   * @param copyOf the id of the workflow whose copy it is: it runs the same versions of scripts.
   */
  async created(actor: Actor, workflow: Workflow, copyOf?: string): Promise<void> {
    this.checker.assertWithinKey(actor, workflow);
    if (copyOf !== undefined) await this.scripts.copied(copyOf, workflow.id);
    await this.scripts.defined(actor, workflow.id, scriptIdsOf(workflow));
  }

  /** Plans what an active workflow's trigger asks for, in the running transaction, and nothing for any other. */
  async plan(workflow: Workflow): Promise<Workflow> {
    const isActive = workflow.status === 'active';
    const nextRunAt = isActive ? await this.triggers.activated(workflow) : null;
    if (!isActive) await this.triggers.paused(workflow);
    if (nextRunAt || workflow.nextRunAt) await this.workflows.setNextRun(workflow.id, nextRunAt);
    return { ...workflow, nextRunAt };
  }

  /** With its versions and runs, in the running transaction. @throws ConflictError `workflow.busy` while runs have not ended. */
  async delete(workflow: Workflow): Promise<void> {
    if (await this.runs.hasOpen(workflow.id)) throw workflowBusy();
    await this.triggers.deleted(workflow);
    await this.workflows.delete(workflow.id);
  }

  /**
   * Runnable, and to stay so: no script that it needs is deleted before the running transaction ends.
   * @throws UnprocessableError `workflow.invalid`, with every problem.
   */
  async assertActivatable(definition: WorkflowDefinition): Promise<void> {
    if (scriptIdsOf(definition).length > 0) await this.scripts.lock();
    await this.assertRunnable(definition);
  }

  /** @throws UnprocessableError `workflow.invalid`, with every problem. */
  async assertRunnable(definition: WorkflowDefinition): Promise<void> {
    const problems = await this.check(definition);
    if (problems.length > 0) throw workflowInvalid(problems);
  }

  /** Everything that keeps the definition from being run; none when it is valid. */
  check(definition: WorkflowDefinition): Promise<DefinitionProblem[]> {
    return this.checker.check(definition);
  }
}
