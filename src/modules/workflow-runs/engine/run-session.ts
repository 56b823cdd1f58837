import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../../../common/identity/actor.js';
import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import { isRefusedValue } from '../../../common/prisma/prisma-errors.js';
import type { ActionOutcome } from '../../workflows/actions/workflow-action.js';
import type { Checkpoint, RunEnd, RunSignals } from './checkpoint.js';
import { LeaseLostError } from './checkpoint.js';
import type { RunPlan } from './run-definitions.js';
import { type ClaimedRun, LEASE_MS, type SavedStep } from './run-leases.repository.js';
import { OWNER_INACTIVE } from './run-rights.js';
import { RunState } from './run-state.js';
import type { StepStart } from './run-state.types.js';
import { isDataError, retryUnavailable } from './saving.js';
import type { SessionParts } from './session-parts.js';
import { failureOf, UNKNOWN_FAILURE } from './step-failure.js';
import { withTimeout, StepAbortedError } from './step-time.js';
import { appendLog } from './step-log.js';
import { toStorable } from './step-output.js';
import type { StepContext } from './step-context.js';

/** Default time limit of an attempt. */
const DEFAULT_STEP_TIMEOUT_MS = 60_000;
/** How long steps may take to stop after they are aborted. */
const GRACE_MS = 500;
/** Interval at which a due step is tried while the process has no room for it. */
const CROWDED_MS = 100;
/** Delay until a run that did not fit into memory is tried again. */
export const CROWD_PAUSE_MS = 2000;

type Finished = { start: StepStart; logs: JsonObject[] } & (
  { outcome: ActionOutcome; output: JsonValue; isSaved: boolean } | { error: unknown }
);

/** The end of a session: the run has ended, is suspended (`waiting`), or is queued for the next worker. */
export type SessionEnd = RunEnd['status'] | 'waiting' | 'requeued';

/** One worker's work on one run, from the claim to its end, its suspension, or its return to the queue. */
export class RunSession {
  readonly #state: RunState;
  readonly #running = new Map<string, AbortController>();
  /** By the clock of `performance.now()`. */
  readonly #claimedAt = performance.now();
  #finished: Finished[] = [];
  #deadlineAt: Date | null;
  #signals: RunSignals;
  #isSignalled = false;
  #isClosing = false;
  /** The owner is gone, so the run fails. */
  #isOrphaned = false;
  /** The tenant is not active, so the run is postponed until it is. */
  #isSuspended = false;
  /** The process has not enough memory for the run. */
  #isCrowded = false;
  #lost: LeaseLostError | undefined;
  #onWake: (() => void) | undefined;

  constructor(
    private readonly run: ClaimedRun,
    private readonly plan: RunPlan,
    saved: readonly SavedStep[],
    private readonly parts: SessionParts,
  ) {
    this.#state = new RunState(plan.graph, run.input, saved, run.cutOffs);
    this.#signals = { signal: run.signal, cancelRequested: run.cancelRequested, owner: run.owner };
    const { timeoutMs } = plan.definition.settings;
    this.#deadlineAt = run.deadlineAt ?? (timeoutMs ? new Date(run.now.getTime() + timeoutMs) : null);
    this.#state.appendEvent(run.fence === 1 ? 'run.started' : 'run.resumed', { attempt: run.attempt });
  }

  /**
   * Notifies the session that the run was signalled. Returns false if the session is closing and reads no more signals.
   */
  signal(): boolean {
    this.#isSignalled = true;
    this.#wake();
    return !this.#isClosing;
  }

  /** @throws LeaseLostError; errors that prevent the run from being saved. */
  async execute(): Promise<SessionEnd> {
    const heartbeat = setInterval(() => void this.#renew(), LEASE_MS / 3).unref();
    const wake = (): void => this.#wake();
    this.parts.drain.addEventListener('abort', wake);
    this.parts.abort.addEventListener('abort', wake);
    try {
      this.#state.resume(this.#now());
      this.#checkMemory();
      for (;;) {
        const end = await this.#advance();
        if (end) return end;
        await this.#waitForEvent();
        await this.#readSignals();
        this.#collect();
        this.#checkMemory();
      }
    } finally {
      this.#isClosing = true;
      clearInterval(heartbeat);
      this.parts.drain.removeEventListener('abort', wake);
      this.parts.abort.removeEventListener('abort', wake);
      this.#abortSteps();
    }
  }

  /** Goes on to the next checkpoint. Returns undefined if there is something to wait for. */
  async #advance(): Promise<SessionEnd | undefined> {
    if (this.#signals.cancelRequested) return this.#end({ status: 'cancelled' });
    if (this.#isOrphaned) return this.#end({ status: 'failed', error: OWNER_INACTIVE });
    this.#state.resolveWaits(this.#now());
    if (this.#isDraining() || this.parts.abort.aborted) return this.#requeue();
    const starts = this.#state.startSteps(this.#now());
    const progress = this.#state.progress(this.#deadlineAt, this.#now());
    if (progress.kind === 'end') return this.#end(progress.end);
    if (!(await this.#save(this.#state.takeCheckpoint()))) return undefined;
    if (progress.kind === 'suspend') return this.#suspend(progress.wakeAt);
    if (this.#signals.cancelRequested) return undefined;
    return starts.length > 0 ? this.#startSteps(starts) : undefined;
  }

  /** Steps act with the current permissions of the owner. */
  async #startSteps(starts: StepStart[]): Promise<SessionEnd | undefined> {
    const { rights, store } = this.parts;
    const run = { id: this.run.id, owner: this.#signals.owner };
    const standing = await this.#retryUnavailable(() => rights.ofLatest(run, () => store.renew(this.run)));
    if (standing.kind === 'owner gone') {
      this.#isOrphaned = true;
      return this.#end({ status: 'failed', error: OWNER_INACTIVE });
    }
    if (standing.kind === 'tenant closed') {
      this.#isSuspended = true;
      return this.#requeue();
    }
    for (const start of starts) void this.#attempt(start, standing.actor);
    return undefined;
  }

  async #end(end: RunEnd): Promise<SessionEnd | undefined> {
    if (this.#running.size > 0) {
      this.#abortSteps();
      await Promise.race([this.#allStopped(), delay(GRACE_MS)]);
      this.#collect();
    }
    this.#state.cancelOpenSteps();
    this.#state.appendEvent(`run.${end.status}`, end.status === 'failed' ? { error: { ...end.error } } : undefined);
    const checkpoint = this.#state.takeCheckpoint();
    this.#isClosing = true;
    if (await this.#trySave(checkpoint, () => this.parts.store.finish(this.run, checkpoint, end))) return end.status;
    this.#isClosing = false;
    return undefined;
  }

  async #suspend(wakeAt: Date | null): Promise<SessionEnd | undefined> {
    // Signals up to the last checkpoint have been read; for later ones the database refuses the suspension.
    if (this.#isSignalled) return undefined;
    this.#isClosing = true;
    const isSuspended = await this.#retryUnavailable(() =>
      this.parts.store.suspend(this.run, wakeAt, this.#signals.signal),
    );
    if (isSuspended) return 'waiting';
    this.#isClosing = false;
    this.#isSignalled = true;
    return undefined;
  }

  /** Starts no more steps; once none is running, the run is requeued. */
  async #requeue(): Promise<SessionEnd | undefined> {
    if (!(await this.#save(this.#state.takeCheckpoint()))) return undefined;
    if (this.#running.size > 0 && !this.parts.abort.aborted) return undefined;
    this.#isClosing = true;
    const later = new Date(this.#now().getTime() + CROWD_PAUSE_MS);
    await this.parts.store.requeue(this.run, this.#isCrowded ? later : undefined);
    return 'requeued';
  }

  async #attempt(start: StepStart, actor: Actor): Promise<void> {
    const { node, attempt, input } = start;
    const stop = new AbortController();
    this.#running.set(node.id, stop);
    const startedAt = performance.now();
    const logs: JsonObject[] = [];
    const context: StepContext = {
      runId: this.run.id,
      attempt,
      actor,
      scriptVersions: this.run.scriptVersions,
      signal: stop.signal,
      scope: { input, trigger: this.run.input, steps: this.#state.outputs, run: this.#about() },
      log: (message, data) => appendLog(logs, attempt, message, data),
    };
    let finished: Finished;
    try {
      const { outcome, output, isSaved } = await this.parts.spans.ofStep(this.run.id, start, () =>
        this.#do(start, context, stop),
      );
      finished = { start, logs, outcome, output, isSaved };
    } catch (error) {
      finished = { start, logs, error };
    }
    const outcome = 'error' in finished ? 'failed' : finished.outcome.kind === 'wait' ? 'waiting' : 'done';
    this.parts.metrics.stepEnded(node.type, outcome, performance.now() - startedAt);
    this.#running.delete(node.id);
    this.#finished.push(finished);
    this.#wake();
  }

  async #do(
    { node, input }: StepStart,
    context: StepContext,
    stop: AbortController,
  ): Promise<{ outcome: ActionOutcome; output: JsonValue; isSaved: boolean }> {
    const { runner, store, rights } = this.parts;
    const timeoutMs = node.timeoutMs ?? DEFAULT_STEP_TIMEOUT_MS;
    if (!runner.isTransactional(node)) {
      const outcome = await withTimeout(stop, timeoutMs, () => runner.run(node, context));
      return { outcome, output: outputOf(outcome, input), isSaved: false };
    }
    // Limited by its transaction's time limit only: the step must not be considered failed while it may still be saved.
    const work = store.inTransaction(this.run, timeoutMs, async () => {
      const outcome = await runner.run(node, context);
      await rights.confirm(context.actor);
      const output = outputOf(outcome, input);
      const isSaved = outcome.kind === 'done';
      return {
        result: { outcome, output, isSaved },
        checkpoint: isSaved ? this.#state.success(node.id, output) : null,
      };
    });
    return work.catch((error: unknown) => this.#savedAfterAll(node.id, error));
  }

  /** A connection lost during the commit leaves open whether it took place. @throws the error if it did not. */
  async #savedAfterAll(
    nodeId: string,
    error: unknown,
  ): Promise<{ outcome: ActionOutcome; output: JsonValue; isSaved: boolean }> {
    if (!failureOf(error)?.isTemporary) throw error;
    const output = await this.#retryUnavailable(() => this.parts.store.findOutput(this.run.id, nodeId));
    if (output === undefined) throw error;
    return { outcome: { kind: 'done', output }, output, isSaved: true };
  }

  /** Applies the outcomes of steps. An error in doing so fails the step, never the run. */
  #collect(): void {
    const now = this.#now();
    for (const finished of this.#finished.splice(0)) {
      // The step ends for the same reason as the run.
      if ('error' in finished && finished.error instanceof StepAbortedError) continue;
      const { node } = finished.start;
      try {
        this.#applyOutcome(finished, now);
      } catch (error) {
        // Retrying with the same outcome would fail again.
        const { error: reported } = this.#failureOf(error, node.id);
        this.#state.fail(node.id, { error: reported, isRetryable: false, isTemporary: false }, now);
      }
    }
  }

  #applyOutcome(finished: Finished, now: Date): void {
    const { node } = finished.start;
    for (const line of finished.logs) this.#state.appendEvent('step.log', line, node.id);
    if ('error' in finished) this.#state.fail(node.id, this.#failureOf(finished.error, node.id), now);
    else if (finished.outcome.kind === 'wait') this.#state.wait(node.id, finished.outcome);
    else if (finished.isSaved) this.#state.markSucceeded(node.id, finished.output);
    else this.#state.succeed(node.id, finished.output);
  }

  #failureOf(error: unknown, nodeId: string): ReturnType<typeof failureOf> & object {
    if (error instanceof LeaseLostError) throw error;
    const failure = failureOf(error);
    const about = { err: error, runId: this.run.id, nodeId };
    if (isRefusedValue(error)) this.parts.logger.error(about, 'The database refused a value written by a step.');
    else if (failure?.isTemporary) this.parts.logger.warn(about, 'A step failed temporarily.');
    if (failure) return failure;
    this.parts.logger.error(about, 'A step failed because of an internal error.');
    return UNKNOWN_FAILURE;
  }

  /** Reads the run's signals and applies them. */
  async #readSignals(): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (!this.#isSignalled) return;
    this.#isSignalled = false;
    const { store } = this.parts;
    // Order matters: a signal that arrives after this read prevents the suspension.
    this.#signals = await this.#retryUnavailable(() => store.renew(this.run));
    this.#state.applyDecisions(await this.#retryUnavailable(() => store.findDecisions(this.run.id)));
  }

  /** Returns false if the checkpoint could not be stored and its steps have failed. */
  async #save(checkpoint: Checkpoint): Promise<boolean> {
    if (checkpoint.steps.length + checkpoint.events.length === 0) return true;
    const before = this.#signals.signal;
    const isSaved = await this.#trySave(checkpoint, async () => {
      this.#signals = await this.parts.store.save(this.run, checkpoint, this.#deadlineAt);
    });
    if (this.#signals.signal !== before) this.signal();
    return isSaved;
  }

  /**
   * Saves a checkpoint. Values that the database cannot store fail the steps that produced them.
   * @throws all other errors.
   */
  async #trySave(checkpoint: Checkpoint, save: () => Promise<void>): Promise<boolean> {
    try {
      await this.#retryUnavailable(save);
      return true;
    } catch (error) {
      if (!isDataError(error) || !this.#state.rejectCheckpoint(checkpoint, this.#now())) throw error;
      this.parts.logger.error({ err: error, runId: this.run.id }, 'Failed to save the results of steps.');
      this.#isSignalled = true;
      return false;
    }
  }

  async #renew(): Promise<void> {
    try {
      const signals = await this.parts.store.renew(this.run);
      if (signals.signal !== this.#signals.signal) this.signal();
    } catch (error) {
      if (!(error instanceof LeaseLostError)) return;
      this.#lost = error;
      this.#wake();
    }
  }

  #retryUnavailable<T>(work: () => Promise<T>): Promise<T> {
    return retryUnavailable(work, this.parts.abort);
  }

  /** Resolves when a step has ended, a step is due, or the run was signalled. */
  async #waitForEvent(): Promise<void> {
    if (this.#finished.length > 0 || this.#isSignalled || this.#lost || this.#mustStop()) return;
    if (this.#state.hasMore && !this.#isDraining()) return;
    const due = this.#state.nextDue(this.#deadlineAt);
    // Due retries wait until another step has ended.
    const inMs = due
      ? Math.max(due.getTime() - this.#now().getTime(), this.#running.size > 0 ? CROWDED_MS : 0)
      : undefined;
    await new Promise<void>((resolve) => {
      const timer = inMs === undefined ? undefined : setTimeout(resolve, Math.min(inMs, LEASE_MS));
      this.#onWake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#onWake = undefined;
  }

  #mustStop(): boolean {
    return this.parts.abort.aborted || ((this.#isOrphaned || this.#isDraining()) && this.#running.size === 0);
  }

  #isDraining(): boolean {
    return this.#isSuspended || this.#isCrowded || this.parts.drain.aborted;
  }

  #checkMemory(): void {
    if (!this.#state.isSuspect) this.parts.recovered();
    if (!this.parts.resizeMemory(this.#state.keptBytes)) this.#isCrowded = true;
  }

  #wake(): void {
    this.#onWake?.();
  }

  #abortSteps(): void {
    for (const stop of this.#running.values()) stop.abort(new StepAbortedError());
  }

  async #allStopped(): Promise<void> {
    while (this.#running.size > 0) await delay(5);
  }

  #about(): JsonObject {
    const { id, workflowId, attempt, trigger, startedAt, request } = this.run;
    const { name } = this.plan.definition;
    const about = { id, workflowId, workflow: name, trigger, attempt, startedAt: startedAt.toISOString() };
    return request ? { ...about, request } : about;
  }

  /** Returns the database's time, which may differ from the clock of this process. */
  #now(): Date {
    return new Date(this.run.now.getTime() + performance.now() - this.#claimedAt);
  }
}

/** A value that a step passes on unchanged is stored once. */
function outputOf(outcome: ActionOutcome, input: JsonValue): JsonValue {
  if (outcome.kind !== 'done') return null;
  return outcome.output === input ? input : toStorable(outcome.output);
}
