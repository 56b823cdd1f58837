import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/auth/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { assertMayRun, userIdOf } from '../workflows.policy.js';
import { RunAdmissionService } from './admission/run-admission.service.js';
import { RunDefinitions } from './engine/run-definitions.js';
import { runCannotBeRetried, runHasEnded, runNotFound } from './runs.errors.js';
import { RunsRepository } from './runs.repository.js';
import { FINAL_STATUSES, type Run } from './runs.types.js';
import { RunNotifier } from './watch/run-notifier.js';

/** What people do to runs that have begun. */
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
   * Ends a run. One that a worker has ends when that worker notices, within moments; the steps that are running are told to stop.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow_run.has_ended`.
   */
  cancel(actor: Actor, id: string): Promise<Run> {
    return this.dbal.transaction(async () => {
      const run = await this.#getForUpdate(actor, id);
      if (FINAL_STATUSES.includes(run.status)) throw runHasEnded();
      const by = userIdOf(actor);
      if (run.status === 'running') {
        await this.runs.requestCancel(id);
        await this.runs.tell(id, 'run.cancel_requested', { by });
        await this.notifier.asked(id);
      } else {
        await this.runs.cancel(id);
        await this.runs.tell(id, 'run.cancelled', { by });
        await this.admission.admit();
      }
      return this.#changed(actor, 'workflow_run.cancelled', id);
    });
  }

  /**
   * Goes on with a run that failed or was cancelled, from the steps that did not succeed.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow_run.not_failed`.
   */
  retry(actor: Actor, id: string): Promise<Run> {
    return this.dbal.transaction(async () => {
      const { status, workflowId, workflowVersion } = await this.#getForUpdate(actor, id);
      if (status !== 'failed' && status !== 'cancelled') throw runCannotBeRetried();
      const { definition } = await this.definitions.get(workflowId, workflowVersion);
      const forgiven = definition.nodes.filter(({ onError }) => onError === 'continue').map((node) => node.id);
      await this.runs.reopen(id, forgiven);
      await this.runs.tell(id, 'run.retried', { by: userIdOf(actor) });
      await this.admission.admit();
      return this.#changed(actor, 'workflow_run.retried', id);
    });
  }

  async #getForUpdate(actor: Actor, id: string): Promise<Run> {
    await this.admission.lock();
    const run = await this.runs.findForUpdate(id);
    if (!run) throw runNotFound();
    assertMayRun(actor, run.ownerId ?? '');
    return run;
  }

  async #changed(actor: Actor, action: string, id: string): Promise<Run> {
    await this.audit.record(actor, { action, targetType: 'workflow_run', targetId: id });
    this.dbal.afterCommit(() => this.notifier.changed(id));
    return (await this.runs.findById(id))!;
  }
}
