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
import { isOfTheData, patiently } from './saving.js';
import type { SessionParts } from './session-parts.js';
import { failureOf, UNKNOWN_FAILURE } from './step-failure.js';
import { inTime, StepAbortedError } from './step-time.js';
import { keepLog } from './step-log.js';
import { toStorable } from './step-output.js';
import type { StepContext } from './step-context.js';

/** Of an attempt whose node says nothing. */
const DEFAULT_STEP_TIMEOUT_MS = 60_000;
/** How long steps that were told to stop may take to do so. */
const GRACE_MS = 500;
/** Between two looks whether a step that is due finds a free place. */
const CROWDED_MS = 100;
/** Until somebody looks whether there is room again for what a run keeps. */
export const CROWD_PAUSE_MS = 2000;

type Finished = { start: StepStart; logs: JsonObject[] } & (
  { outcome: ActionOutcome; output: JsonValue; isSaved: boolean } | { error: unknown }
);

/** How a session ended: the run's end, put aside, or left to others. */
export type SessionEnd = RunEnd['status'] | 'waiting' | 'handed over';

/** One worker's work on one run, from the claim until it lets go. */
export class RunSession {
  readonly #state: RunState;
  readonly #running = new Map<string, AbortController>();
  /** By the clock of `performance.now()`. */
  readonly #claimedAt = performance.now();
  #finished: Finished[] = [];
  #deadlineAt: Date | null;
  #signals: RunSignals;
  #mustLook = false;
  #isClosing = false;
  /** The owner is gone: it ends. */
  #isOrphaned = false;
  /** Of the tenant: others go on when it is active again. */
  #isSuspended = false;
  /** There is no room for what it keeps. */
  #isCrowded = false;
  #lost: LeaseLostError | undefined;
  #nudge: (() => void) | undefined;

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
    this.#state.tell(run.fence === 1 ? 'run.started' : 'run.resumed', { attempt: run.attempt });
  }

  /** Something was asked of the run: looks what it was. False when it is about to let go of the run, and looks at nothing more. */
  look(): boolean {
    this.#mustLook = true;
    this.#wake();
    return !this.#isClosing;
  }

  /** @throws LeaseLostError; whatever keeps the run from being saved. */
  async execute(): Promise<SessionEnd> {
    const heartbeat = setInterval(() => void this.#renew(), LEASE_MS / 3).unref();
    const wake = (): void => this.#wake();
    this.parts.letGo.addEventListener('abort', wake);
    this.parts.giveUp.addEventListener('abort', wake);
    try {
      this.#state.resume(this.#now());
      this.#weigh();
      for (;;) {
        const end = await this.#advance();
        if (end) return end;
        await this.#somethingToDo();
        await this.#hear();
        this.#collect();
        this.#weigh();
      }
    } finally {
      this.#isClosing = true;
      clearInterval(heartbeat);
      this.parts.letGo.removeEventListener('abort', wake);
      this.parts.giveUp.removeEventListener('abort', wake);
      this.#abortSteps();
    }
  }

  /** From one checkpoint to the next. Undefined when there is something to wait for. */
  async #advance(): Promise<SessionEnd | undefined> {
    if (this.#signals.cancelRequested) return this.#end({ status: 'cancelled' });
    if (this.#isOrphaned) return this.#end({ status: 'failed', error: OWNER_INACTIVE });
    this.#state.settle(this.#now());
    if (this.#mustLetGo() || this.parts.giveUp.aborted) return this.#letGo();
    const starts = this.#state.begin(this.#now());
    const verdict = this.#state.verdict(this.#deadlineAt, this.#now());
    if (verdict.kind === 'end') return this.#end(verdict.end);
    if (!(await this.#save(this.#state.take()))) return undefined;
    if (verdict.kind === 'suspend') return this.#suspend(verdict.wakeAt);
    if (this.#signals.cancelRequested) return undefined;
    return starts.length > 0 ? this.#begin(starts) : undefined;
  }

  /** Steps act with what the owner may in this moment. */
  async #begin(starts: StepStart[]): Promise<SessionEnd | undefined> {
    const { rights, book } = this.parts;
    const run = { id: this.run.id, owner: this.#signals.owner };
    const standing = await this.#patiently(() => rights.ofLatest(run, () => book.renew(this.run)));
    if (standing.kind === 'owner gone') {
      this.#isOrphaned = true;
      return this.#end({ status: 'failed', error: OWNER_INACTIVE });
    }
    if (standing.kind === 'tenant closed') {
      this.#isSuspended = true;
      return this.#letGo();
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
    this.#state.tell(`run.${end.status}`, end.status === 'failed' ? { error: { ...end.error } } : undefined);
    const checkpoint = this.#state.take();
    this.#isClosing = true;
    if (await this.#accepts(checkpoint, () => this.parts.book.finish(this.run, checkpoint, end))) return end.status;
    this.#isClosing = false;
    return undefined;
  }

  async #suspend(wakeAt: Date | null): Promise<SessionEnd | undefined> {
    // What was asked before the checkpoint was saved has been looked at; what comes later is refused by the database.
    if (this.#mustLook) return undefined;
    this.#isClosing = true;
    const isSuspended = await this.#patiently(() => this.parts.book.suspend(this.run, wakeAt, this.#signals.signal));
    if (isSuspended) return 'waiting';
    this.#isClosing = false;
    this.#mustLook = true;
    return undefined;
  }

  /** Begins nothing more; once nothing is running, others go on. */
  async #letGo(): Promise<SessionEnd | undefined> {
    if (!(await this.#save(this.#state.take()))) return undefined;
    if (this.#running.size > 0 && !this.parts.giveUp.aborted) return undefined;
    this.#isClosing = true;
    const later = new Date(this.#now().getTime() + CROWD_PAUSE_MS);
    await this.parts.book.handOver(this.run, this.#isCrowded ? later : undefined);
    return 'handed over';
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
      log: (message, data) => keepLog(logs, attempt, message, data),
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
    const { runner, book, rights } = this.parts;
    const timeoutMs = node.timeoutMs ?? DEFAULT_STEP_TIMEOUT_MS;
    if (!runner.isTransactional(node)) {
      const outcome = await inTime(stop, timeoutMs, () => runner.run(node, context));
      return { outcome, output: outputOf(outcome, input), isSaved: false };
    }
    // Left to the time limit of its transaction: nobody may take it for lost while it can still be saved.
    const work = book.atOnce(this.run, timeoutMs, async () => {
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

  /** A connection that was lost during the commit does not say whether it took place. @throws the error when it did not. */
  async #savedAfterAll(
    nodeId: string,
    error: unknown,
  ): Promise<{ outcome: ActionOutcome; output: JsonValue; isSaved: boolean }> {
    if (!failureOf(error)?.isTemporary) throw error;
    const output = await this.#patiently(() => this.parts.book.findOutput(this.run.id, nodeId));
    if (output === undefined) throw error;
    return { outcome: { kind: 'done', output }, output, isSaved: true };
  }

  /** Takes over what steps came to. What that throws is the step's failure, never the run's. */
  #collect(): void {
    const now = this.#now();
    for (const finished of this.#finished.splice(0)) {
      // Whatever becomes of the run becomes of the step.
      if ('error' in finished && finished.error instanceof StepAbortedError) continue;
      const { node } = finished.start;
      try {
        this.#takeOver(finished, now);
      } catch (error) {
        // The same outcome would not be taken over the next time, either.
        const { error: told } = this.#failureOf(error, node.id);
        this.#state.fail(node.id, { error: told, isRetryable: false, isTemporary: false }, now);
      }
    }
  }

  #takeOver(finished: Finished, now: Date): void {
    const { node } = finished.start;
    for (const line of finished.logs) this.#state.tell('step.log', line, node.id);
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

  /** Learns what was asked of the run. */
  async #hear(): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (!this.#mustLook) return;
    this.#mustLook = false;
    const { book } = this.parts;
    // In this order: what is asked after the signal was read keeps the run from being put aside.
    this.#signals = await this.#patiently(() => book.renew(this.run));
    this.#state.hear(await this.#patiently(() => book.findDecisions(this.run.id)));
  }

  /** False when the checkpoint could not be kept, and its steps have failed of it. */
  async #save(checkpoint: Checkpoint): Promise<boolean> {
    if (checkpoint.steps.length + checkpoint.events.length === 0) return true;
    const before = this.#signals.signal;
    const isSaved = await this.#accepts(checkpoint, async () => {
      this.#signals = await this.parts.book.save(this.run, checkpoint, this.#deadlineAt);
    });
    if (this.#signals.signal !== before) this.look();
    return isSaved;
  }

  /** Saves. What the database cannot hold is the failure of the steps that brought it. @throws whatever is no fault of theirs. */
  async #accepts(checkpoint: Checkpoint, save: () => Promise<void>): Promise<boolean> {
    try {
      await this.#patiently(save);
      return true;
    } catch (error) {
      if (!isOfTheData(error) || !this.#state.disown(checkpoint, this.#now())) throw error;
      this.parts.logger.error({ err: error, runId: this.run.id }, 'Failed to save the results of steps.');
      this.#mustLook = true;
      return false;
    }
  }

  async #renew(): Promise<void> {
    try {
      const signals = await this.parts.book.renew(this.run);
      if (signals.signal !== this.#signals.signal) this.look();
    } catch (error) {
      if (!(error instanceof LeaseLostError)) return;
      this.#lost = error;
      this.#wake();
    }
  }

  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return patiently(work, this.parts.giveUp);
  }

  /** Resolves when a step has ended, a time has come, or somebody has asked for something. */
  async #somethingToDo(): Promise<void> {
    if (this.#finished.length > 0 || this.#mustLook || this.#lost || this.#isToldToLetGo()) return;
    if (this.#state.hasMore && !this.#mustLetGo()) return;
    const due = this.#state.nextDue(this.#deadlineAt);
    // Retries that are due wait for a free place: a step that ends wakes them.
    const inMs = due
      ? Math.max(due.getTime() - this.#now().getTime(), this.#running.size > 0 ? CROWDED_MS : 0)
      : undefined;
    await new Promise<void>((resolve) => {
      const timer = inMs === undefined ? undefined : setTimeout(resolve, Math.min(inMs, LEASE_MS));
      this.#nudge = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#nudge = undefined;
  }

  #isToldToLetGo(): boolean {
    return this.parts.giveUp.aborted || ((this.#isOrphaned || this.#mustLetGo()) && this.#running.size === 0);
  }

  #mustLetGo(): boolean {
    return this.#isSuspended || this.#isCrowded || this.parts.letGo.aborted;
  }

  #weigh(): void {
    if (!this.#state.isSuspect) this.parts.recovered();
    if (!this.parts.keep(this.#state.keptBytes)) this.#isCrowded = true;
  }

  #wake(): void {
    this.#nudge?.();
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

  /** By the database's clock, which the process' own need not agree with. */
  #now(): Date {
    return new Date(this.run.now.getTime() + performance.now() - this.#claimedAt);
  }
}

/** What a step passes on as it came is kept once. */
function outputOf(outcome: ActionOutcome, input: JsonValue): JsonValue {
  if (outcome.kind !== 'done') return null;
  return outcome.output === input ? input : toStorable(outcome.output);
}
