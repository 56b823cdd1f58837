import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { withEventOrigin } from '../../../../common/events/event-origin.js';
import { DrainService } from '../../../../common/http/drain.service.js';
import type { RunningJob } from '../../../../common/jobs/job-handler.js';
import { RunFeed } from '../watch/run-feed.js';
import { LeaseLostError } from './checkpoint.js';
import { RunDefinitions } from './run-definitions.js';
import { RunLedger } from './run-ledger.js';
import type { ClaimedRun } from './run-leases.repository.js';
import { RunMetrics } from './run-metrics.js';
import { OWNER_INACTIVE } from './run-rights.js';
import { RunSession } from './run-session.js';
import { StepRunner } from './step-runner.js';

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
    job: Pick<RunningJob, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>,
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

  async #goOn(runId: string, job: Pick<RunningJob, 'workerId' | 'signal' | 'attempt' | 'maxAttempts'>): Promise<void> {
    const run = await this.ledger.claim(runId, job.workerId);
    // Whatever comes of the run is as deep as the run and of the same tree, its failure included.
    if (run) {
      const origin = { depth: run.depth, rootId: run.rootEventId ?? run.id };
      await withEventOrigin(origin, () => this.#run(run, job));
    } else await this.ledger.goOnLater(runId);
  }

  async #run(run: ClaimedRun, job: Pick<RunningJob, 'signal' | 'attempt' | 'maxAttempts'>): Promise<void> {
    try {
      await this.#session(run, job.signal);
    } catch (error) {
      if (error instanceof LeaseLostError) {
        this.#logger.warn({ runId: run.id }, 'Another worker has taken the run over.');
      } else if (job.attempt >= job.maxAttempts) {
        this.#logger.error({ err: error, runId: run.id }, 'A run is given up.');
        const message = 'The program failed to go on with it too often; the reason is in its log.';
        await this.ledger.abandon(run, { code: 'run.given_up', message });
      } else {
        await this.ledger.release(run).catch(() => undefined);
        throw error;
      }
    }
  }

  async #session(run: ClaimedRun, giveUp: AbortSignal): Promise<void> {
    const standing = await this.runner.rights.ofLatest(run, () => this.ledger.renew(run));
    if (standing.kind === 'owner gone') return this.ledger.abandon(run, OWNER_INACTIVE);
    if (standing.kind === 'tenant closed') return this.ledger.handOver(run);
    if (run.fence === 1) this.metrics.began(run.startedAt.getTime() - run.createdAt.getTime());
    const plan = await this.definitions.get(run.workflowId, run.workflowVersion);
    // A run that nobody has had before has no steps.
    const steps = run.fence === 1 ? [] : await this.ledger.findSteps(run.id);
    const session = new RunSession(run, plan, steps, {
      book: this.ledger,
      runner: this.runner,
      metrics: this.metrics,
      logger: this.#logger,
      rights: this.runner.rights,
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
