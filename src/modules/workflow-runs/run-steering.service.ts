import { Injectable } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../common/identity/actor.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { workflowArchived } from '../workflows/workflows.errors.js';
import { assertMayRun } from '../workflows/workflows.policy.js';
import type { WorkflowStatus } from '../workflows/workflows.types.js';
import { RunAdmissionService } from './admission/run-admission.service.js';
import { RunDefinitions } from './engine/run-definitions.js';
import { runCannotBeRetried, runHasEnded, runNotFound } from './runs.errors.js';
import { RunsRepository } from './runs.repository.js';
import { FINAL_STATUSES, type Run } from './runs.types.js';
import { RunNotifier } from './watch/run-notifier.js';

/** Cancels and retries runs. */
@Injectable()
export class RunSteeringService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly admission: RunAdmissionService,
    private readonly definitions: RunDefinitions,
    private readonly notifier: RunNotifier,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Cancels a run. A worker that executes it is signalled and stops within moments; its running steps are aborted.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow_run.has_ended`.
   */
  cancel(actor: Actor, id: string): Promise<Run> {
    return this.dbal.transaction(async () => {
      const run = await this.#getForUpdate(id);
      // It may have started under another owner, with whose rights it still acts.
      if (run.ownerId === null || userIdOf(actor) !== run.ownerId) {
        assertMayRun(actor, (await this.#workflowOf(run)).ownerId);
      }
      if (FINAL_STATUSES.includes(run.status)) throw runHasEnded();
      const by = userIdOf(actor);
      if (run.status === 'running') {
        await this.runs.requestCancel(id);
        await this.runs.appendEvent(id, 'run.cancel_requested', { by });
        await this.notifier.signal(id);
      } else {
        await this.runs.cancel(id);
        await this.runs.appendEvent(id, 'run.cancelled', { by });
        await this.admission.admit();
      }
      return this.#changed(actor, 'workflow_run.cancelled', id);
    });
  }

  /**
   * Continues a run that failed or was cancelled, from the steps that did not succeed. It acts for the same user as
   * before, whose definition it executes, with that user's current rights; never for a later owner. If that user is
   * gone, it fails (`run.owner_inactive`). Everybody who may start the workflow now may retry its runs.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow_run.not_failed`,
   * `workflow.archived`; RateLimitError `workflow_run.too_many_open`.
   */
  retry(actor: Actor, id: string): Promise<Run> {
    return this.dbal.transaction(async () => {
      const run = await this.#getForUpdate(id);
      const { status, workflowId, workflowVersion } = run;
      const workflow = await this.#workflowOf(run);
      assertMayRun(actor, workflow.ownerId);
      if (workflow.status === 'archived') throw workflowArchived();
      if (status !== 'failed' && status !== 'cancelled') throw runCannotBeRetried();
      const { definition } = await this.definitions.get(workflowId, workflowVersion);
      const tolerated = definition.nodes.filter(({ onError }) => onError === 'continue').map((node) => node.id);
      await this.runs.reopen(id, tolerated);
      await this.runs.appendEvent(id, 'run.retried', { by: userIdOf(actor) });
      await this.admission.admitNew(null);
      return this.#changed(actor, 'workflow_run.retried', id);
    });
  }

  async #getForUpdate(id: string): Promise<Run> {
    // Lock order: admission locks the queue before the run, ending a run locks the run before the queue. Taking the
    // queue's lock first for a queued run avoids a deadlock with both.
    const seen = await this.runs.findById(id);
    if (seen?.status === 'queued') await this.admission.lock();
    const run = await this.runs.findForUpdate(id);
    if (!run) throw runNotFound();
    return run;
  }

  async #workflowOf({ workflowId }: Run): Promise<{ ownerId: string; status: WorkflowStatus }> {
    const workflow = await this.runs.findWorkflow(workflowId);
    if (!workflow) throw runNotFound();
    return workflow;
  }

  async #changed(actor: Actor, action: string, id: string): Promise<Run> {
    await this.audit.record(actor, { action, targetType: 'workflow_run', targetId: id });
    this.dbal.afterCommit(() => this.notifier.changed(id));
    return (await this.runs.findById(id))!;
  }
}
