import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/auth/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import type { CursorQuery } from '../../../common/http/page.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import { assertMayRun, userIdOf } from '../workflows.policy.js';
import { WorkflowsService } from '../workflows.service.js';
import { RunAdmissionService } from './admission/run-admission.service.js';
import { RunDefinitions } from './engine/run-definitions.js';
import { runCannotBeRetried, runHasEnded, runNotFound, workflowNotActive } from './runs.errors.js';
import { RunsRepository } from './runs.repository.js';
import { FINAL_STATUSES, type Run, type RunFilter, type RunStep, type RunTrigger } from './runs.types.js';
import { RunNotificationsRepository } from './watch/run-notifications.repository.js';
import { RunNotifier } from './watch/run-notifier.js';

/** Starting, finding and steering runs. Executing them is the engine's. */
@Injectable()
export class RunsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly workflows: WorkflowsService,
    private readonly admission: RunAdmissionService,
    private readonly definitions: RunDefinitions,
    private readonly notifications: RunNotificationsRepository,
    private readonly notifier: RunNotifier,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Puts a run of the workflow's newest version into the tenant's line. With a `dedupeKey` that has started one already, that one is
   * returned.
   * @param trigger anything but `manual` needs an active workflow, and no rights of the actor.
   * @throws NotFoundError `workflow.not_found`; ForbiddenError `workflow.not_yours`; ConflictError `workflow.archived`,
   * `workflow.not_active`; UnprocessableError `workflow.invalid`.
   */
  start(actor: Actor, workflowId: string, input: JsonValue, trigger: RunTrigger = { kind: 'manual' }): Promise<Run> {
    return this.dbal.transaction(async () => {
      const { ownerId, status, version } = await this.workflows.forRun(workflowId);
      const isManual = trigger.kind === 'manual';
      if (isManual) assertMayRun(actor, ownerId);
      else if (status !== 'active') throw workflowNotActive();
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
      await this.runs.tell(run.id, 'run.queued', { trigger: trigger.kind, by: triggeredBy });
      await this.admission.admit();
      if (isManual) await this.#record(actor, 'workflow_run.started', run.id, { workflowId });
      return run;
    });
  }

  /** One page, newest first; one more than asked for. @throws NotFoundError `workflow.not_found`. */
  async list(workflowId: string, filter: RunFilter, query: CursorQuery): Promise<Run[]> {
    const runs = await this.runs.findPage(workflowId, filter, query);
    if (runs.length === 0) await this.workflows.get(workflowId);
    return runs;
  }

  /** @throws NotFoundError `workflow_run.not_found`. */
  async get(id: string): Promise<Run> {
    const run = await this.runs.findById(id);
    if (!run) throw runNotFound();
    return run;
  }

  /** @throws NotFoundError `workflow_run.not_found`. */
  async getWithSteps(id: string): Promise<{ run: Run; steps: RunStep[] }> {
    const run = await this.get(id);
    return { run, steps: await this.runs.findSteps(id) };
  }

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
        await this.notifications.tellSignal(id);
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

  async #startedBefore(workflowId: string, { dedupeKey = '' }: RunTrigger): Promise<Run> {
    const run = await this.runs.findByDedupeKey(workflowId, dedupeKey);
    if (!run) throw runNotFound();
    return run;
  }

  async #getForUpdate(actor: Actor, id: string): Promise<Run> {
    const run = await this.runs.findForUpdate(id);
    if (!run) throw runNotFound();
    assertMayRun(actor, run.ownerId ?? '');
    return run;
  }

  async #changed(actor: Actor, action: string, id: string): Promise<Run> {
    await this.#record(actor, action, id);
    this.dbal.afterCommit(() => this.notifier.changed(id));
    return this.get(id);
  }

  #record(actor: Actor, action: string, targetId: string, details?: Record<string, unknown>): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'workflow_run', targetId, details });
  }
}
