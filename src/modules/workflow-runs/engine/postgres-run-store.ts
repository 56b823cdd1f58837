import { Injectable } from '@nestjs/common';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { EventsService } from '../../../common/events/events.service.js';
import { QueueService } from '../../../common/queue/queue.service.js';
import { RunAdmissionService } from '../admission/run-admission.service.js';
import { RUN_JOB, RUN_JOB_ATTEMPTS, runTaskKey } from '../run-task-names.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { RunError } from '../runs.types.js';
import { RunNotifier } from '../watch/run-notifier.js';
import type { Checkpoint, RunEnd, RunSignals } from './checkpoint.js';
import {
  type ClaimedRun,
  type CutOff,
  RunLeasesRepository,
  type SavedStep,
  type StepDecision,
} from './run-leases.repository.js';
import type { RunStore, WithCheckpoint } from './session-parts.js';

/**
 * Saves runs for workers, together with what belongs in the same transaction: admission of the next run, tasks, events.
 */
@Injectable()
export class PostgresRunStore implements RunStore {
  constructor(
    private readonly leases: RunLeasesRepository,
    private readonly admission: RunAdmissionService,
    private readonly queue: QueueService,
    private readonly events: EventsService,
    private readonly notifier: RunNotifier,
    private readonly dbal: DbalService,
  ) {}

  /** See `RunLeasesRepository.claim`. */
  claim(runId: string, workerId: string): Promise<ClaimedRun | null> {
    return this.leases.claim(runId, workerId);
  }

  async save(run: ClaimedRun, checkpoint: Checkpoint, deadlineAt: Date | null): Promise<RunSignals> {
    const signals = await this.leases.save(leaseOf(run), checkpoint, deadlineAt);
    this.dbal.afterCommit(() => this.notifier.changed(run.id));
    return signals;
  }

  renew(run: ClaimedRun): Promise<RunSignals> {
    return this.leases.renew(leaseOf(run));
  }

  findSteps(runId: string): Promise<SavedStep[]> {
    return this.leases.findSteps(runId);
  }

  findDecisions(runId: string): Promise<StepDecision[]> {
    return this.leases.findDecisions(runId);
  }

  findOutput(runId: string, nodeId: string): Promise<JsonValue | undefined> {
    return this.leases.findOutput(runId, nodeId);
  }

  /** See `RunLeasesRepository.findOutputBytes`. */
  findOutputBytes(runId: string): Promise<number> {
    return this.leases.findOutputBytes(runId);
  }

  /** See `RunLeasesRepository.noteCutOff`. */
  noteCutOff(run: ClaimedRun): Promise<CutOff> {
    return this.leases.noteCutOff(leaseOf(run));
  }

  async finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void> {
    await this.dbal.transaction(async () => {
      await this.save(run, checkpoint, null);
      await this.leases.finish(leaseOf(run), end);
      if (end.status === 'failed') {
        const { id: runId, workflowId } = run;
        await this.events.emit('workflow_run.failed', { runId, workflowId, error: end.error });
      }
      await this.admission.admit();
    });
  }

  suspend(run: ClaimedRun, wakeAt: Date | null, seenSignal: number): Promise<boolean> {
    return this.dbal.transaction(async () => {
      if (!(await this.leases.suspend(leaseOf(run), wakeAt, seenSignal))) return false;
      if (wakeAt) await this.#enqueue(run.id, wakeAt);
      await this.admission.admit();
      return true;
    });
  }

  /** Releases the lease of a worker that failed, so that the next one need not wait until it expires. */
  async release(run: ClaimedRun): Promise<void> {
    await this.leases.release(leaseOf(run));
  }

  /** @param at when the next worker may claim it, by the database's clock. The run stays admitted until then. */
  async requeue(run: ClaimedRun, at?: Date): Promise<void> {
    await this.dbal.transaction(async () => {
      if (await this.leases.release(leaseOf(run), at)) await this.#enqueue(run.id, at);
    });
  }

  inTransaction<T>(run: ClaimedRun, timeoutMs: number, action: () => Promise<WithCheckpoint<T>>): Promise<T> {
    return this.dbal.transaction(
      async () => {
        const { result, checkpoint } = await action();
        if (checkpoint) await this.save(run, checkpoint, null);
        return result;
      },
      { timeoutMs },
    );
  }

  /** Fails a run that cannot be continued. */
  async abandon(run: ClaimedRun, error: RunError): Promise<void> {
    await this.dbal.transaction(async () => {
      await this.leases.cancelOpenSteps(leaseOf(run));
      const events = [{ type: 'run.failed', data: { error: { ...error } } }];
      await this.finish(run, { steps: [], events }, { status: 'failed', error });
    });
  }

  /**
   * Handles a run that cannot be claimed: a suspended one that is due is queued again; one that another worker holds is
   * checked again when that worker's lease has expired.
   */
  async requeueUnclaimed(runId: string): Promise<void> {
    await this.dbal.transaction(async () => {
      if (await this.leases.requeueDue(runId)) return this.admission.admit();
      const leaseUntil = await this.leases.findLease(runId);
      if (leaseUntil) await this.#enqueue(runId, leaseUntil);
    });
  }

  #enqueue(runId: string, runAt?: Date): Promise<void> {
    return this.queue.enqueue(RUN_JOB, { runId }, { jobKey: runTaskKey(runId), runAt, maxAttempts: RUN_JOB_ATTEMPTS });
  }
}

function leaseOf({ id, fence }: ClaimedRun): { runId: string; fence: number } {
  return { runId: id, fence };
}
