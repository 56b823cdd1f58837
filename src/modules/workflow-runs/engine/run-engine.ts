import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { backOffMs } from '../../../common/concurrency/back-off.js';
import { withEventOrigin } from '../../../common/events/event-origin.js';
import { DrainService } from '../../../common/http/drain.service.js';
import type { RunningTask } from '../../../common/queue/task-handler.js';
import { RunFeed } from '../watch/run-feed.js';
import { LeaseLostError } from './checkpoint.js';
import { RunDefinitions } from './run-definitions.js';
import { RunGate, type RunPlace } from './run-gate.js';
import { RunLedger } from './run-ledger.js';
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

/** A worker that dies once takes many innocent runs with it; whoever was there the second time as well can wait. */
function pauseAfter(cutOffs: number): number {
  return cutOffs < 2 ? 0 : backOffMs(PAUSES, cutOffs);
}

/** By the database's clock, soon after it was claimed. */
function later(run: ClaimedRun, pauseMs: number): Date {
  return new Date(run.now.getTime() + pauseMs);
}

/** How long a run is alone in its process at most, which is how long others wait for it. */
function aloneFor(cutOffs: number): number {
  return backOffMs(TIMES_ALONE, cutOffs);
}

/**
 * Executes runs in this process. A run is with one worker at a time, which saves every step before the next begins; a worker that dies
 * is followed by another one, from the last checkpoint on.
 */
@Injectable()
export class RunEngine implements OnModuleInit {
  readonly #logger = new Logger('Workflows');
  /** Runs that this process is busy with. */
  readonly #here = new Map<string, { session?: RunSession; left: Promise<void> }>();
  readonly #letGo = new AbortController();
  readonly #gate = new RunGate();
  readonly #memory = new RunMemory();

  constructor(
    private readonly ledger: RunLedger,
    private readonly definitions: RunDefinitions,
    private readonly runner: StepRunner,
    private readonly feed: RunFeed,
    private readonly metrics: RunMetrics,
    private readonly drain: DrainService,
  ) {}

  onModuleInit(): void {
    this.drain.onDrain(() => this.#letGo.abort());
  }

  /**
   * Goes on with the run as far as it can go. Does nothing when there is nothing to do, or another worker does it.
   * @throws whatever keeps it from being saved: the job is tried again.
   */
  async execute(
    runId: string,
    job: Pick<RunningTask, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>,
  ): Promise<void> {
    for (let here = this.#here.get(runId); here; here = this.#here.get(runId)) {
      if (here.session?.look()) return;
      // It has let go of the run, or not got it yet: what this job is about may come too late for it.
      await here.left;
    }
    const left = this.#goOn(runId, job);
    this.#here.set(runId, { left: left.catch(() => undefined) });
    const ended = this.metrics.running();
    try {
      await left;
    } finally {
      this.#here.delete(runId);
      ended();
    }
  }

  async #goOn(runId: string, job: Pick<RunningTask, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>): Promise<void> {
    const run = await this.ledger.claim(runId, job.workerId);
    if (!run) return this.ledger.goOnLater(runId);
    // Whatever comes of the run is as deep as the run and of the same tree, its failure included.
    const origin = { depth: run.depth, rootId: run.rootEventId ?? run.id };
    await withEventOrigin(origin, () => this.metrics.spans.ofRun(run, () => this.#goOnWith(run, job)));
  }

  async #goOnWith(run: ClaimedRun, job: Pick<RunningTask, 'signal' | 'attempt' | 'maxAttempts'>): Promise<void> {
    if (run.wasCutOff && (await this.#isPutOff(run))) return;
    const place = await this.#enter(run);
    try {
      await this.#run(run, place, job);
    } finally {
      place.leave();
      this.#memory.leave(run.id);
    }
  }

  /** After the death of its worker: whether somebody goes on with it later, or nobody does. */
  async #isPutOff(run: ClaimedRun): Promise<boolean> {
    const { steps, worst } = await this.ledger.noteCutOff(run);
    if (steps === 0 && run.cutOffs >= MAX_CUT_OFFS) {
      const message = `${run.cutOffs} workers crashed while executing the run between two steps.`;
      await this.ledger.abandon(run, { code: 'run.interrupted', message });
      return true;
    }
    const pauseMs = pauseAfter(run.cutOffs);
    if (pauseMs === 0 || worst >= MAX_CUT_OFFS) return false;
    this.#logger.warn(
      { runId: run.id, cutOffs: run.cutOffs },
      'A run was involved in repeated worker crashes; it continues later.',
    );
    await this.ledger.handOver(run, later(run, pauseMs));
    return true;
  }

  async #enter(run: ClaimedRun): Promise<RunPlace> {
    if (run.cutOffs === 0) return this.#gate.enter();
    // Others may be in front of it for longer than a lease lasts.
    const heartbeat = setInterval(() => void this.ledger.renew(run).catch(() => undefined), LEASE_MS / 3).unref();
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
        await this.ledger.abandon(run, { code: 'run.given_up', message });
      } else {
        await this.ledger.release(run).catch(() => undefined);
        throw error;
      }
    }
  }

  async #session(run: ClaimedRun, place: RunPlace, giveUp: AbortSignal): Promise<void> {
    const standing = await this.runner.rights.ofLatest(run, () => this.ledger.renew(run));
    if (standing.kind === 'owner gone') return this.ledger.abandon(run, OWNER_INACTIVE);
    if (standing.kind === 'tenant closed') return this.ledger.handOver(run);
    // A run that nobody has had before has no steps.
    const isNew = run.fence === 1;
    const bytes = isNew ? 0 : Math.min(MAX_RUN_BYTES, 2 * (await this.ledger.findOutputBytes(run.id)));
    if (!this.#memory.enter(run.id, bytes)) return this.ledger.handOver(run, later(run, CROWD_PAUSE_MS));
    if (isNew) this.metrics.began(run.startedAt.getTime() - run.createdAt.getTime());
    const plan = await this.definitions.get(run.workflowId, run.workflowVersion);
    const steps = isNew ? [] : await this.ledger.findSteps(run.id);
    const session = new RunSession(run, plan, steps, {
      book: this.ledger,
      runner: this.runner,
      metrics: this.metrics,
      spans: this.metrics.spans,
      logger: this.#logger,
      rights: this.runner.rights,
      keep: (kept) => this.#memory.keep(run.id, kept),
      recovered: () => place.share(),
      letGo: this.#letGo.signal,
      giveUp,
    });
    this.#here.get(run.id)!.session = session;
    const forget = this.feed.onSignal(run.id, () => void session.look());
    try {
      const end = await session.execute();
      if (end !== 'handed over') this.metrics.ended(end, run.trigger);
    } finally {
      forget();
    }
  }
}
