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

/** Saves definitions of workflows; no other class changes them. */
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
   * Creates a new version, in the running transaction. Does nothing if the definition is unchanged.
   * @param workflow as read for update.
   * @throws UnprocessableError `workflow.invalid` if the workflow is active and could not run with it,
   * `plan.limit_reached` if runs use too many versions; ConflictError `workflow.name_taken`; ForbiddenError
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
   * Checks the permissions of an API key and records the script versions of a new workflow, in the transaction that
   * creates it.
   * @param copyOf the id of the workflow that it is a copy of, whose script versions it uses.
   */
  async created(actor: Actor, workflow: Workflow, copyOf?: string): Promise<void> {
    this.checker.assertWithinKey(actor, workflow);
    if (copyOf !== undefined) await this.scripts.copied(copyOf, workflow.id);
    await this.scripts.defined(actor, workflow.id, scriptIdsOf(workflow));
  }

  /** Prepares the trigger of an active workflow, or stops that of any other, in the running transaction. */
  async plan(workflow: Workflow): Promise<Workflow> {
    const isActive = workflow.status === 'active';
    const nextRunAt = isActive ? await this.triggers.activated(workflow) : null;
    if (!isActive) await this.triggers.paused(workflow);
    if (nextRunAt || workflow.nextRunAt) await this.workflows.setNextRun(workflow.id, nextRunAt);
    return { ...workflow, nextRunAt };
  }

  /**
   * Deletes a workflow with its versions and runs, in the running transaction.
   * @throws ConflictError `workflow.busy` while runs have not ended.
   */
  async delete(workflow: Workflow): Promise<void> {
    if (await this.runs.hasOpen(workflow.id)) throw workflowBusy();
    await this.triggers.deleted(workflow);
    await this.workflows.delete(workflow.id);
  }

  /**
   * Checks that the definition can be run, and locks its scripts against deletion until the running transaction ends.
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

  /** Returns every problem that prevents the definition from being run; empty if it is valid. */
  check(definition: WorkflowDefinition): Promise<DefinitionProblem[]> {
    return this.checker.check(definition);
  }
}
