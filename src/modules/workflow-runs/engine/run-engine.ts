import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { backOffMs } from '../../../common/concurrency/back-off.js';
import { withEventOrigin } from '../../../common/events/event-origin.js';
import { DrainService } from '../../../common/http/drain.service.js';
import type { RunningTask } from '../../../common/queue/task-handler.js';
import { RunFeed } from '../watch/run-feed.js';
import { LeaseLostError } from './checkpoint.js';
import { RunDefinitions } from './run-definitions.js';
import { RunGate, type RunPlace } from './run-gate.js';
import { PostgresRunStore } from './postgres-run-store.js';
import { type ClaimedRun, LEASE_MS } from './run-leases.repository.js';
import { RunMemory } from './run-memory.js';
import { RunMetrics } from './run-metrics.js';
import { OWNER_INACTIVE } from './run-rights.js';
import { CROWD_PAUSE_MS, RunSession } from './run-session.js';
import { MAX_CUT_OFFS } from './run-state.js';
import { MAX_RUN_BYTES } from './step-output.js';
import { StepRunner } from './step-runner.js';

const PAUSES = { firstMs: 5000, maxMs: 300_000 };
const TIMES_ALONE = { firstMs: 2000, factor: 4, maxMs: 30_000 };

/**
 * A crash affects every run of the process, so the first one delays none of them; a run that was present at several is
 * delayed.
 */
function pauseAfter(cutOffs: number): number {
  return cutOffs < 2 ? 0 : backOffMs(PAUSES, cutOffs);
}

/** Returns a time shortly after the claim, by the database's clock. */
function later(run: ClaimedRun, pauseMs: number): Date {
  return new Date(run.now.getTime() + pauseMs);
}

/** Returns how long a suspect run may be alone in its process, which is how long others wait. */
function aloneFor(cutOffs: number): number {
  return backOffMs(TIMES_ALONE, cutOffs);
}

/**
 * Executes runs in this process. One worker at a time has a run, and saves every step before the next one starts. If a
 * worker crashes, another continues from the last checkpoint.
 */
@Injectable()
export class RunEngine implements OnModuleInit {
  readonly #logger = new Logger('Workflows');
  /** Runs that this process is executing. */
  readonly #active = new Map<string, { session?: RunSession; done: Promise<void> }>();
  readonly #draining = new AbortController();
  readonly #gate = new RunGate();
  readonly #memory = new RunMemory();

  constructor(
    private readonly store: PostgresRunStore,
    private readonly definitions: RunDefinitions,
    private readonly runner: StepRunner,
    private readonly feed: RunFeed,
    private readonly metrics: RunMetrics,
    private readonly drain: DrainService,
  ) {}

  onModuleInit(): void {
    this.drain.onDrain(() => this.#draining.abort());
  }

  /**
   * Executes the run until it ends, is suspended or is requeued. Does nothing if another worker has it, or there is
   * nothing to do.
   * @throws errors that prevent the run from being saved: the task is retried.
   */
  async execute(
    runId: string,
    job: Pick<RunningTask, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>,
  ): Promise<void> {
    for (let active = this.#active.get(runId); active; active = this.#active.get(runId)) {
      if (active.session?.signal()) return;
      // The session is closing or has not started yet, so it may have missed the reason for this task.
      await active.done;
    }
    const done = this.#claimAndExecute(runId, job);
    this.#active.set(runId, { done: done.catch(() => undefined) });
    const ended = this.metrics.running();
    try {
      await done;
    } finally {
      this.#active.delete(runId);
      ended();
    }
  }

  async #claimAndExecute(
    runId: string,
    job: Pick<RunningTask, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>,
  ): Promise<void> {
    const run = await this.store.claim(runId, job.workerId);
    if (!run) return this.store.requeueUnclaimed(runId);
    // Events of the run, including its failure, inherit its depth and its root.
    const origin = { depth: run.depth, rootId: run.rootEventId ?? run.id };
    await withEventOrigin(origin, () => this.metrics.spans.ofRun(run, () => this.#executeClaimed(run, job)));
  }

  async #executeClaimed(run: ClaimedRun, job: Pick<RunningTask, 'signal' | 'attempt' | 'maxAttempts'>): Promise<void> {
    if (run.wasCutOff && (await this.#isPostponed(run))) return;
    const place = await this.#enter(run);
    try {
      await this.#run(run, place, job);
    } finally {
      place.leave();
      this.#memory.release(run.id);
    }
  }

  /** Handles a run whose worker crashed. Returns true if the run was postponed or has failed permanently. */
  async #isPostponed(run: ClaimedRun): Promise<boolean> {
    const { steps, worst } = await this.store.noteCutOff(run);
    if (steps === 0 && run.cutOffs >= MAX_CUT_OFFS) {
      const message = `${run.cutOffs} workers crashed while executing the run between two steps.`;
      await this.store.abandon(run, { code: 'run.interrupted', message });
      return true;
    }
    const pauseMs = pauseAfter(run.cutOffs);
    if (pauseMs === 0 || worst >= MAX_CUT_OFFS) return false;
    this.#logger.warn(
      { runId: run.id, cutOffs: run.cutOffs },
      'A run was involved in repeated worker crashes; it continues later.',
    );
    await this.store.requeue(run, later(run, pauseMs));
    return true;
  }

  async #enter(run: ClaimedRun): Promise<RunPlace> {
    if (run.cutOffs === 0) return this.#gate.enter();
    // Waiting here may take longer than the lease lasts.
    const heartbeat = setInterval(() => void this.store.renew(run).catch(() => undefined), LEASE_MS / 3).unref();
    try {
      return await this.#gate.enterAlone(aloneFor(run.cutOffs));
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #run(
    run: ClaimedRun,
    place: RunPlace,
    job: Pick<RunningTask, 'signal' | 'attempt' | 'maxAttempts'>,
  ): Promise<void> {
    try {
      await this.#session(run, place, job.signal);
    } catch (error) {
      if (error instanceof LeaseLostError) {
        this.#logger.warn({ runId: run.id }, 'Another worker has taken over the run.');
      } else if (job.attempt >= job.maxAttempts) {
        this.#logger.error({ err: error, runId: run.id }, 'A run was given up.');
        const message = "The run failed too often because of internal errors, which are in the application's log.";
        await this.store.abandon(run, { code: 'run.given_up', message });
      } else {
        await this.store.release(run).catch(() => undefined);
        throw error;
      }
    }
  }

  async #session(run: ClaimedRun, place: RunPlace, abort: AbortSignal): Promise<void> {
    const standing = await this.runner.rights.ofLatest(run, () => this.store.renew(run));
    if (standing.kind === 'owner gone') return this.store.abandon(run, OWNER_INACTIVE);
    if (standing.kind === 'tenant closed') return this.store.requeue(run);
    // A run that no worker has claimed before has no steps.
    const isNew = run.fence === 1;
    const bytes = isNew ? 0 : Math.min(MAX_RUN_BYTES, 2 * (await this.store.findOutputBytes(run.id)));
    if (!this.#memory.reserve(run.id, bytes)) return this.store.requeue(run, later(run, CROWD_PAUSE_MS));
    if (isNew) this.metrics.began(run.startedAt.getTime() - run.createdAt.getTime());
    const plan = await this.definitions.get(run.workflowId, run.workflowVersion);
    const steps = isNew ? [] : await this.store.findSteps(run.id);
    const session = new RunSession(run, plan, steps, {
      store: this.store,
      runner: this.runner,
      metrics: this.metrics,
      spans: this.metrics.spans,
      logger: this.#logger,
      rights: this.runner.rights,
      resizeMemory: (bytes) => this.#memory.resize(run.id, bytes),
      recovered: () => place.share(),
      drain: this.#draining.signal,
      abort,
    });
    this.#active.get(run.id)!.session = session;
    const forget = this.feed.onSignal(run.id, () => void session.signal());
    try {
      const end = await session.execute();
      if (end !== 'requeued') this.metrics.ended(end, run.trigger);
    } finally {
      forget();
    }
  }
}
