import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { RunAdmissionService } from '../admission/run-admission.service.js';
import { nothingToDecide, runNotFound, stepNotFound } from '../runs.errors.js';
import { RunsRepository } from '../runs.repository.js';
import type { Decision, Run, StepDecision } from '../runs.types.js';
import { RunNotifier } from '../watch/run-notifier.js';
import { assertMayDecide } from './approval.policy.js';
import { databaseNow } from '../../../common/time/database-clock.js';

/** Records decisions on steps that wait for approval. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly admission: RunAdmissionService,
    private readonly notifier: RunNotifier,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Approves or rejects a step, once; the run then continues.
   * @throws NotFoundError `workflow_run.not_found`, `workflow_run_step.not_found`; ConflictError
   * `workflow_run.nothing_to_decide`; ForbiddenError `workflow_run.not_an_approver`, `workflow.not_yours`.
   */
  decide(actor: Actor, id: string, nodeId: string, decision: Decision, comment: string | null): Promise<Run> {
    return this.dbal.transaction(async () => {
      const run = await this.runs.findForUpdate(id);
      if (!run) throw runNotFound();
      const step = await this.runs.findDecision(id, nodeId);
      if (!step) throw stepNotFound();
      assertMayDecide(actor, step.approvers ?? [], run.ownerId ?? '');
      if (!isOpen(step)) throw nothingToDecide();
      const by = userIdOf(actor);
      await this.runs.decide(id, nodeId, by, decision, comment);
      await this.runs.wake(id);
      await this.runs.appendEvent(id, `step.${decision}`, { by, comment }, nodeId);
      if (run.status === 'waiting') await this.admission.admit();
      else await this.notifier.signal(id);
      const details = { nodeId, comment };
      await this.audit.record(actor, {
        action: `workflow_run.step_${decision}`,
        targetType: 'workflow_run',
        targetId: id,
        details,
      });
      this.dbal.afterCommit(() => this.notifier.changed(id));
      return (await this.runs.findById(id))!;
    });
  }
}

function isOpen({ status, approvers, decision, deadlineAt }: StepDecision): boolean {
  return (
    status === 'waiting' &&
    approvers !== null &&
    decision === null &&
    (deadlineAt === null || deadlineAt > databaseNow())
  );
}
