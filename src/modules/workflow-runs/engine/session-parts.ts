import type { Logger } from '@nestjs/common';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { Checkpoint, RunEnd, RunSignals } from './checkpoint.js';
import type { ClaimedRun, StepDecision } from './run-leases.repository.js';
import type { RunMetrics } from './run-metrics.js';
import type { RunRights } from './run-rights.js';
import type { RunSpans } from './run-spans.js';
import type { StepRunner } from './step-runner.js';

/** What an action came to, and what is to be saved with it. */
export interface SavedWith<T> {
  result: T;
  checkpoint: Checkpoint | null;
}

/** What a session does to the database; each call is one transaction. */
export interface RunBook {
  save(run: ClaimedRun, checkpoint: Checkpoint, deadlineAt: Date | null): Promise<RunSignals>;
  renew(run: ClaimedRun): Promise<RunSignals>;
  findDecisions(runId: string): Promise<StepDecision[]>;
  /** Of a step that has succeeded; undefined for any other. */
  findOutput(runId: string, nodeId: string): Promise<JsonValue | undefined>;
  finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void>;
  /** False when something was asked of the run after `seenSignal`. */
  suspend(run: ClaimedRun, wakeAt: Date | null, seenSignal: number): Promise<boolean>;
  /** Lets others go on, at once or at a time by the database's clock. */
  handOver(run: ClaimedRun, at?: Date): Promise<void>;
  /** Runs the action and saves its success, if it was one, in the same transaction. */
  atOnce<T>(run: ClaimedRun, timeoutMs: number, action: () => Promise<SavedWith<T>>): Promise<T>;
}

export interface SessionParts {
  book: RunBook;
  runner: StepRunner;
  metrics: RunMetrics;
  spans: Pick<RunSpans, 'ofStep'>;
  logger: Logger;
  rights: Pick<RunRights, 'ofLatest' | 'confirm'>;
  /** Told what the run keeps in memory. False when there is no room for that: then it goes on later. */
  keep: (bytes: number) => boolean;
  /** Called when no step is left that a worker may have died of. */
  recovered: () => void;
  /** Aborts when the process has to let go of the run. The reason is not the run's. */
  letGo: AbortSignal;
  /** Aborts when even running steps cannot be waited for. */
  giveUp: AbortSignal;
}
