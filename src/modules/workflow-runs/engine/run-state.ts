import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { WorkflowNode } from '../../workflows/definitions/definition.types.js';
import type { RunError, StepStatus } from '../runs.types.js';
import type { Checkpoint, NewRunEvent, StepChange } from './checkpoint.js';
import { backOffMs } from '../../../common/concurrency/back-off.js';
import { MAX_DELAY_MS, NO_RETRY, retryDelayMs } from './retry-delay.js';
import type { RunGraph } from './run-graph.js';
import type { SavedStep, StepDecision } from './run-leases.repository.js';
import { fittingInto, RunBytes } from './run-bytes.js';
import type { StepFailure, StepStart, StepWait, RunProgress } from './run-state.types.js';

/** Attempts in addition to the step's own, for temporary failures such as overload. */
const MAX_TEMPORARY = 5;
/** Maximum number of workers that one step may crash. */
export const MAX_CUT_OFFS = 5;
const TEMPORARY_PAUSES = { firstMs: 1000, spread: true };

/** Maximum number of steps of one run that execute at the same time. */
const MAX_PARALLEL = 10;

const REJECTABLE: readonly StepStatus[] = ['running', 'waiting', 'succeeded', 'pending'];
const UNSTORABLE: StepFailure = {
  error: { code: 'step.output', message: 'The result cannot be stored in the database.' },
  isRetryable: false,
  isTemporary: false,
};

const NOT_YET: Pick<SavedStep, 'wakeAt' | 'approvers' | 'deadlineAt' | 'decision' | 'decidedBy' | 'comment'> = {
  wakeAt: null,
  approvers: null,
  deadlineAt: null,
  decision: null,
  decidedBy: null,
  comment: null,
};

/**
 * A worker's state of a run. Every change is also recorded for the next checkpoint (`takeCheckpoint`), so that the
 * saved state lags by at most one checkpoint.
 */
export class RunState {
  readonly #steps = new Map<string, SavedStep>();
  readonly #outputs: Record<string, { output: JsonValue }> = {};
  #changes = new Map<string, StepChange>();
  #events: NewRunEvent[] = [];
  #fatal: RunError | undefined;
  readonly #bytes = new RunBytes();
  /** Steps that were running when a worker crashed, and have not ended since. */
  readonly #suspects = new Set<string>();
  #isCutOff: boolean;
  #hasRecovered = false;
  #hasMore = false;

  constructor(
    private readonly graph: RunGraph,
    private readonly runInput: JsonValue,
    saved: readonly SavedStep[],
    /** Number of workers that crashed while they had the run. */
    cutOffs = 0,
  ) {
    this.#isCutOff = cutOffs > 0;
    for (const step of saved) {
      // Reset without an input, for example because the input was too large: it is started anew.
      if (step.status === 'pending' && step.attempts === 0 && step.input === null) continue;
      this.#steps.set(step.nodeId, { ...step });
      this.#bytes.load(step);
      if (step.status === 'succeeded') this.#outputs[step.nodeId] = { output: step.output };
      // The worker that saved this did not get to end the run.
      if (step.status === 'failed') this.#failRunOn(step);
    }
  }

  /** The outputs of succeeded steps, for expressions. */
  get outputs(): Readonly<Record<string, { output: JsonValue }>> {
    return this.#outputs;
  }

  /** Bytes that the run keeps in memory. */
  get keptBytes(): number {
    return this.#bytes.kept;
  }

  /**
   * Whether one of its steps crashed a worker, and it is unknown which. Until that is known, its steps execute one at a
   * time.
   */
  get isSuspect(): boolean {
    return this.#suspects.size > 0;
  }

  /** Whether more steps could start now, but did not fit into the checkpoint. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Returns what has changed since the last checkpoint, and starts the next. */
  takeCheckpoint(): Checkpoint {
    const checkpoint: Checkpoint = { steps: [...this.#changes.values()], events: this.#events };
    if (this.#hasRecovered) checkpoint.hasRecovered = true;
    this.#changes = new Map();
    this.#events = [];
    this.#hasRecovered = false;
    return checkpoint;
  }

  appendEvent(type: string, data?: JsonObject, nodeId?: string): void {
    this.#events.push({ type, ...(nodeId !== undefined && { nodeId }), ...(data && { data }) });
  }

  /** Restarts steps that were running when their worker crashed or was aborted. */
  resume(now: Date): void {
    for (const step of this.#stepsIn('running')) {
      if (step.cutOffs > 0) this.#suspects.add(step.nodeId);
      if (step.cutOffs < MAX_CUT_OFFS) {
        step.status = 'pending';
        step.wakeAt = now;
        continue;
      }
      const message = `${step.cutOffs} workers crashed while the step was running; it is not retried.`;
      this.#endInFailure(step.nodeId, { code: 'step.interrupted', message });
    }
  }

  /** Applies decisions that people made in the meantime. */
  applyDecisions(saved: readonly StepDecision[]): void {
    for (const { nodeId, decision, decidedBy, comment } of saved) {
      const step = this.#steps.get(nodeId);
      if (step?.status === 'waiting') Object.assign(step, { decision, decidedBy, comment });
    }
  }

  /** Marks the step as succeeded; if the run would keep too much with that output, the step fails instead. */
  succeed(nodeId: string, output: JsonValue): void {
    const step = this.#step(nodeId);
    const excess = this.#bytes.takeOutput(output, step.input);
    if (excess) return this.#endInFailure(nodeId, excess);
    this.#keep(step, output);
    this.#save(step, { ends: true, output });
    this.appendEvent('step.succeeded', undefined, nodeId);
  }

  /** Marks a step as succeeded whose success was already saved by `success`. */
  markSucceeded(nodeId: string, output: JsonValue): void {
    const step = this.#step(nodeId);
    const excess = this.#bytes.takeOutput(output, step.input);
    if (excess) this.#fatal ??= { ...excess, nodeId };
    this.#keep(step, output);
  }

  /** Returns the checkpoint of a success, for an action that saves it in its own transaction. */
  success(nodeId: string, output: JsonValue): Checkpoint {
    const { attempts } = this.#step(nodeId);
    const step = { ...this.#change(nodeId), status: 'succeeded' as const, attempts, ends: true, output };
    return { steps: [step], events: [{ type: 'step.succeeded', nodeId }] };
  }

  wait(nodeId: string, { until, approval }: StepWait): void {
    const step = this.#step(nodeId);
    const approvers = approval && [...(approval.approvers ?? [])];
    // Formatted before anything is changed, since an invalid time throws here.
    const data: JsonObject = {
      ...(until && { until: until.toISOString() }),
      ...(approvers && { approvers }),
      ...(approval?.message !== undefined && { message: approval.message }),
      ...(approval?.deadline && { deadline: approval.deadline.toISOString() }),
    };
    this.#clearSuspect(nodeId);
    Object.assign(step, {
      status: 'waiting',
      wakeAt: until ?? null,
      approvers: approvers ?? null,
      deadlineAt: approval?.deadline ?? null,
    });
    this.#save(step, {
      ...(until && { wakeAt: until }),
      ...(approvers && { approvers }),
      ...(approval?.deadline && { deadlineAt: approval.deadline }),
    });
    this.appendEvent(approval ? 'step.awaiting_approval' : 'step.waiting', data, nodeId);
  }

  /** Schedules another attempt, or ends the step, and the run as well unless the step continues on errors. */
  fail(nodeId: string, failure: StepFailure, now: Date, random = Math.random()): void {
    const { error, isRetryable, isTemporary, retryAfterMs = 0 } = failure;
    const step = this.#step(nodeId);
    const policy = this.#policy(nodeId);
    const ofPolicy = isRetryable && step.attempts < policy.maxAttempts;
    if (ofPolicy || (isTemporary && step.attempts < policy.maxAttempts + MAX_TEMPORARY)) {
      const pauseMs = isTemporary ? backOffMs(TEMPORARY_PAUSES, step.attempts, random) : 0;
      const leastMs = Math.min(Math.max(pauseMs, retryAfterMs), MAX_DELAY_MS);
      const wakeAt = new Date(now.getTime() + Math.max(retryDelayMs(policy, step.attempts, random), leastMs));
      Object.assign(step, { status: 'pending', wakeAt, error });
      this.#clearSuspect(nodeId);
      this.#save(step, { ends: true, error, wakeAt });
      this.appendEvent(
        'step.retrying',
        { attempt: step.attempts, at: wakeAt.toISOString(), error: { ...error } },
        nodeId,
      );
      return;
    }
    this.#endInFailure(nodeId, error);
  }

  /**
   * Handles a checkpoint that cannot be stored: every step that it would have started, ended or suspended fails,
   * without its values. Returns false if there is no such step.
   */
  rejectCheckpoint({ steps }: Checkpoint, now: Date): boolean {
    const guilty = steps.filter(({ status }) => REJECTABLE.includes(status));
    for (const { nodeId } of guilty) {
      const step = this.#step(nodeId);
      delete this.#outputs[nodeId];
      Object.assign(step, { input: null, output: null, approvers: null, deadlineAt: null });
      this.fail(nodeId, UNSTORABLE, now);
    }
    return guilty.length > 0;
  }

  /** Ends waiting steps whose time has come or that were decided. */
  resolveWaits(now: Date): void {
    for (const step of this.#stepsIn('waiting')) {
      if (step.decision === 'approved') {
        this.succeed(step.nodeId, { approved: true, decidedBy: step.decidedBy, comment: step.comment });
      } else if (step.decision === 'rejected') {
        this.#refuse(step.nodeId, 'approval.rejected', step.comment ?? 'It was rejected.', now);
      } else if (step.approvers && step.deadlineAt && step.deadlineAt <= now) {
        this.#refuse(step.nodeId, 'approval.expired', 'The deadline for the decision has passed.', now);
      } else if (!step.approvers && step.wakeAt && step.wakeAt <= now) {
        // A delay passes its input on.
        this.succeed(step.nodeId, step.input);
      }
    }
  }

  /** Starts due retries, and nodes whose predecessors have ended. A trigger node succeeds at once. */
  startSteps(now: Date): StepStart[] {
    const starts: StepStart[] = [];
    if (this.#fatal) return starts;
    for (let wave = this.#next(now); wave.length > 0; wave = this.#next(now)) {
      for (const { node, input } of wave) {
        const excess = this.#steps.has(node.id) ? undefined : this.#bytes.takeInput(input);
        if (excess) this.#overflow(node, excess);
        else if (node.type === 'trigger') this.#passTrigger(node, input);
        else starts.push(this.#start(node, input));
      }
      // Steps that end at once may let others start, unless they ended the run.
      if (this.#fatal || !wave.some(({ node }) => this.#steps.get(node.id)?.status !== 'running')) break;
    }
    return starts;
  }

  /** Returns what to do next, after `resolveWaits` and `startSteps` have been called. */
  progress(deadlineAt: Date | null, now: Date): RunProgress {
    if (this.#fatal) return { kind: 'end', end: { status: 'failed', error: this.#fatal } };
    if (this.#hasMore) return { kind: 'continue' };
    const open = [...this.#stepsIn('waiting'), ...this.#stepsIn('pending')];
    const isRunning = this.#stepsIn('running').length > 0;
    if (!isRunning && open.length === 0) {
      return { kind: 'end', end: { status: 'succeeded', outputs: this.graph.outputs(this.#steps) } };
    }
    if (deadlineAt && deadlineAt <= now) {
      const error = { code: 'run.timeout', message: 'The run exceeded the time limit of its workflow.' };
      return { kind: 'end', end: { status: 'failed', error } };
    }
    if (isRunning) return { kind: 'continue' };
    return { kind: 'suspend', wakeAt: this.nextDue(deadlineAt) };
  }

  /** Returns when the next step is due or a deadline passes; null if never. */
  nextDue(deadlineAt: Date | null): Date | null {
    const open = [...this.#stepsIn('waiting'), ...this.#stepsIn('pending')];
    const times = open.flatMap(({ wakeAt, deadlineAt: decideBy }) => [wakeAt, decideBy]);
    const due = [...times, deadlineAt].flatMap((time) => (time ? [time.getTime()] : []));
    return due.length > 0 ? new Date(Math.min(...due)) : null;
  }

  /** Cancels every step that has not finished. */
  cancelOpenSteps(): void {
    for (const status of ['running', 'waiting', 'pending'] as const) {
      for (const step of this.#stepsIn(status)) {
        step.status = 'cancelled';
        this.#save(step, { ends: true });
        this.appendEvent('step.cancelled', undefined, step.nodeId);
      }
    }
  }

  #failRunOn({ nodeId, error }: SavedStep): void {
    if (this.graph.node(nodeId)?.onError === 'continue') return;
    this.#fatal ??= { code: 'step.failed', message: 'The step failed.', ...error, nodeId };
  }

  #next(now: Date): { node: WorkflowNode; input: JsonValue }[] {
    const { start, skip } = this.graph.advance(this.#steps, this.runInput);
    for (const node of skip) {
      const step = this.#add(node, null, 'skipped');
      this.#save(step, { ends: true });
      this.appendEvent('step.skipped', undefined, node.id);
    }
    const due = this.#stepsIn('pending').filter(({ wakeAt }) => !wakeAt || wakeAt <= now);
    const again = due.map(({ nodeId, input }) => ({ node: this.graph.node(nodeId)!, input }));
    const running = this.#stepsIn('running').length;
    const places = (this.isSuspect ? 1 : MAX_PARALLEL) - running;
    const candidates = [...again, ...start].slice(0, Math.max(0, places));
    const fitting = fittingInto([...this.#changes.values()], candidates);
    this.#hasMore = fitting.length < candidates.length;
    return fitting;
  }

  /** An input that is too large is discarded. */
  #overflow(node: WorkflowNode, error: RunError): void {
    this.#start(node, null);
    this.#endInFailure(node.id, error);
  }

  #endInFailure(nodeId: string, error: RunError): void {
    const step = this.#step(nodeId);
    Object.assign(step, { status: 'failed', error, wakeAt: null });
    this.#save(step, { ends: true, error });
    this.appendEvent('step.failed', { attempt: step.attempts, error: { ...error } }, nodeId);
    this.#clearSuspect(nodeId);
    this.#failRunOn(step);
  }

  #keep(step: SavedStep, output: JsonValue): void {
    Object.assign(step, { status: 'succeeded', output, error: null, wakeAt: null });
    this.#outputs[step.nodeId] = { output };
    this.#clearSuspect(step.nodeId);
  }

  /** Called when the step has ended without crashing the worker. */
  #clearSuspect(nodeId: string): void {
    this.#suspects.delete(nodeId);
    if (!this.#isCutOff || this.#suspects.size > 0) return;
    this.#isCutOff = false;
    this.#hasRecovered = true;
  }

  #start(node: WorkflowNode, input: JsonValue): StepStart {
    const step = this.#steps.get(node.id) ?? this.#add(node, input, 'running');
    Object.assign(step, { status: 'running', attempts: step.attempts + 1, wakeAt: null });
    this.#save(step, { begins: true, input });
    this.appendEvent('step.started', { attempt: step.attempts }, node.id);
    return { node, input, attempt: step.attempts };
  }

  #passTrigger(node: WorkflowNode, input: JsonValue): void {
    const step = this.#add(node, input, 'running');
    step.attempts = 1;
    this.#save(step, { begins: true, input });
    this.succeed(node.id, input);
  }

  #refuse(nodeId: string, code: string, message: string, now: Date): void {
    this.fail(nodeId, { error: { code, message }, isRetryable: false, isTemporary: false }, now);
  }

  #add(node: WorkflowNode, input: JsonValue, status: SavedStep['status']): SavedStep {
    const step: SavedStep = {
      ...NOT_YET,
      nodeId: node.id,
      status,
      attempts: 0,
      cutOffs: 0,
      input,
      output: null,
      error: null,
    };
    this.#steps.set(node.id, step);
    return step;
  }

  #save(step: SavedStep, rest: Partial<StepChange>): void {
    const { nodeId, status, attempts } = step;
    const change = { ...this.#change(nodeId), status, attempts, ...rest };
    // One statement writes a row only once. A new attempt discards the data of the previous one.
    const before = rest.begins ? undefined : this.#changes.get(nodeId);
    this.#changes.set(nodeId, { ...before, ...change });
  }

  #change(nodeId: string): Pick<StepChange, 'nodeId' | 'nodeType'> {
    return { nodeId, nodeType: this.graph.node(nodeId)?.type ?? 'unknown' };
  }

  #policy(nodeId: string): typeof NO_RETRY {
    return this.graph.node(nodeId)?.retry ?? NO_RETRY;
  }

  #step(nodeId: string): SavedStep {
    const step = this.#steps.get(nodeId);
    if (!step) throw new Error(`The step ${nodeId} has not started.`);
    return step;
  }

  #stepsIn(status: SavedStep['status']): SavedStep[] {
    return [...this.#steps.values()].filter((step) => step.status === status);
  }
}
