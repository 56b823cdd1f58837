import { Injectable } from '@nestjs/common';
import { JobsService } from '../../../../common/jobs/jobs.service.js';
import { RUN_JOB, RUN_JOB_ATTEMPTS, runJobKey, WATCH_JOB, WATCH_JOB_KEY } from '../run-jobs.js';
import { RunAdmissionRepository } from './run-admission.repository.js';
import { RunLimits } from './run-limits.js';

/** When somebody looks whether all open runs of a tenant still have a worker or a job. */
export const WATCH_INTERVAL_MS = 60_000;

/**
 * Decides which runs may have a worker's time. A tenant has a few places; the rest of its runs wait as rows, not as jobs, so that its
 * ten thousand runs are never in front of another tenant's one.
 */
@Injectable()
export class RunAdmissionService {
  constructor(
    private readonly admission: RunAdmissionRepository,
    private readonly limits: RunLimits,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Gives free places to the runs that have waited longest. Call it in the transaction that adds a run to the line or frees a place:
   * a lock, held to its end, lets one at a time count places.
   */
  async admit(): Promise<void> {
    const maxRuns = await this.limits.maxRuns();
    await this.admission.lock();
    const { admitted, occupied } = await this.admission.admitNext(maxRuns);
    for (const runId of admitted) {
      await this.jobs.enqueue(RUN_JOB, { runId }, { jobKey: runJobKey(runId), maxAttempts: RUN_JOB_ATTEMPTS });
    }
    // Where there are no places, no run that ends will ever admit the next: the watch has to see when there are some again.
    const isFirst = occupied === 0 && (admitted.length > 0 || maxRuns <= 0);
    if (isFirst) await this.watch(new Date(Date.now() + WATCH_INTERVAL_MS));
  }

  /**
   * For those who change runs that are in the line: call it before anything else in their transaction, so that they and whoever
   * admits runs never wait for each other.
   */
  lock(): Promise<void> {
    return this.admission.lock();
  }

  /** Has the tenant's open runs looked after at that time. */
  watch(at: Date): Promise<void> {
    return this.jobs.enqueue(WATCH_JOB, {}, { jobKey: WATCH_JOB_KEY, runAt: at });
  }
}
