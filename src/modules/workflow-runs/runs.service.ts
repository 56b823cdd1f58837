import { Injectable } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../common/identity/actor.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { RateLimitError } from '../../common/errors/app-error.js';
import type { JsonValue } from '../../common/json/json-object.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { RunAdmissionService } from './admission/run-admission.service.js';
import { StartRefusals } from './admission/start-refusals.js';
import { runNotFound, workflowNotActive } from './runs.errors.js';
import { RunsRepository } from './runs.repository.js';
import type { Run, RunTrigger } from './runs.types.js';

/** Starts and finds runs. The engine executes them. */
@Injectable()
export class RunsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly workflows: WorkflowsService,
    private readonly admission: RunAdmissionService,
    private readonly refusals: StartRefusals,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Queues a run of the workflow's newest version. If its `dedupeKey` has already started a run, returns that one.
   * @param trigger any trigger but `manual` requires an active workflow, and no permission of the actor.
   * @throws NotFoundError `workflow.not_found`; ForbiddenError `workflow.not_yours`; ConflictError `workflow.archived`,
   * `workflow.not_active`, `workflow.pending_handover`; UnprocessableError `workflow.invalid`; RateLimitError
   * `workflow_run.too_many_open`, `workflow_run.tree_used_up`.
   */
  async start(
    actor: Actor,
    workflowId: string,
    input: JsonValue,
    trigger: RunTrigger = { kind: 'manual' },
  ): Promise<Run> {
    try {
      return await this.#start(actor, workflowId, input, trigger);
    } catch (error) {
      if (error instanceof RateLimitError) this.refusals.count(trigger.kind, error);
      throw error;
    }
  }

  /** @throws NotFoundError `workflow_run.not_found`. */
  async get(id: string): Promise<Run> {
    const run = await this.runs.findById(id);
    if (!run) throw runNotFound();
    return run;
  }

  #start(actor: Actor, workflowId: string, input: JsonValue, trigger: RunTrigger): Promise<Run> {
    return this.dbal.transaction(async () => {
      const isManual = trigger.kind === 'manual';
      const { ownerId, status, version } = isManual
        ? await this.workflows.forManualRun(actor, workflowId)
        : await this.workflows.forRun(workflowId);
      if (!isManual && status !== 'active') throw workflowNotActive();
      const triggeredBy = userIdOf(actor);
      const run = await this.runs.create({
        workflowId,
        workflowVersion: version,
        ownerId,
        triggeredBy,
        trigger,
        input,
      });
      if (!run) return this.#startedBefore(workflowId, trigger);
      await this.runs.appendEvent(run.id, 'run.queued', { trigger: trigger.kind, by: triggeredBy });
      await this.admission.admitNew(trigger.rootEventId ?? null);
      await this.#record(actor, run, trigger);
      return run;
    });
  }

  async #startedBefore(workflowId: string, { dedupeKey = '' }: RunTrigger): Promise<Run> {
    const run = await this.runs.findByDedupeKey(workflowId, dedupeKey);
    if (!run) throw runNotFound();
    return run;
  }

  #record(actor: Actor, { id, workflowId }: Run, { kind }: RunTrigger): Promise<void> {
    const details = { workflowId, trigger: kind };
    return this.audit.record(actor, {
      action: 'workflow_run.started',
      targetType: 'workflow_run',
      targetId: id,
      details,
    });
  }
}
