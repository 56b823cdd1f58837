import type { Logger } from '@nestjs/common';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { Checkpoint, RunEnd, RunSignals } from './checkpoint.js';
import type { ClaimedRun, StepDecision } from './run-leases.repository.js';
import type { RunMetrics } from './run-metrics.js';
import type { RunRights } from './run-rights.js';
import type { RunSpans } from './run-spans.js';
import type { StepRunner } from './step-runner.js';

/** The result of an action, and the checkpoint to save with it. */
export interface WithCheckpoint<T> {
  result: T;
  checkpoint: Checkpoint | null;
}

/** Reads and saves the run of a session; each call is one transaction. */
export interface RunStore {
  save(run: ClaimedRun, checkpoint: Checkpoint, deadlineAt: Date | null): Promise<RunSignals>;
  renew(run: ClaimedRun): Promise<RunSignals>;
  findDecisions(runId: string): Promise<StepDecision[]>;
  /** Returns the output of a step that has succeeded; undefined for any other. */
  findOutput(runId: string, nodeId: string): Promise<JsonValue | undefined>;
  finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void>;
  /** Returns false if the run was signalled after `seenSignal`. */
  suspend(run: ClaimedRun, wakeAt: Date | null, seenSignal: number): Promise<boolean>;
  /** Releases the lease and enqueues the run again, immediately or at a time by the database's clock. */
  requeue(run: ClaimedRun, at?: Date): Promise<void>;
  /** Runs the action, and saves its checkpoint, if it has one, in the same transaction. */
  inTransaction<T>(run: ClaimedRun, timeoutMs: number, action: () => Promise<WithCheckpoint<T>>): Promise<T>;
}

export interface SessionParts {
  store: RunStore;
  runner: StepRunner;
  metrics: RunMetrics;
  spans: Pick<RunSpans, 'ofStep'>;
  logger: Logger;
  rights: Pick<RunRights, 'ofLatest' | 'confirm'>;
  /**
   * Reports how many bytes the run holds in memory. Returns false if there is no room for them: then the run is
   * requeued.
   */
  resizeMemory: (bytes: number) => boolean;
  /** Called when no step is suspected of having crashed a worker any longer. */
  recovered: () => void;
  /** Aborts when the process shuts down: running steps finish, and no others start. */
  drain: AbortSignal;
  /** Aborts when running steps are no longer waited for. */
  abort: AbortSignal;
}
