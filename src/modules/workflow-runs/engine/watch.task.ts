import { DbalService } from '../../../common/dbal/dbal.service.js';
import { type HandlesTasks, TaskHandler } from '../../../common/queue/task-handler.js';
import { QueueService } from '../../../common/queue/queue.service.js';
import { RunAdmissionService, WATCH_INTERVAL_MS } from '../admission/run-admission.service.js';
import { RUN_JOB, RUN_JOB_ATTEMPTS, runTaskKey, WATCH_JOB } from '../run-task-names.js';
import { StrandedRunsReadModel } from './stranded-runs.read-model.js';
import { databaseClock } from '../../../common/time/database-clock.js';

/**
 * Checks a tenant's open runs periodically while there are any: a run whose worker does not respond, or whose task was
 * lost, gets a new task. An unnecessary task does no harm.
 */
@TaskHandler(WATCH_JOB)
export class WatchTask implements HandlesTasks {
  constructor(
    private readonly open: StrandedRunsReadModel,
    private readonly admission: RunAdmissionService,
    private readonly queue: QueueService,
    private readonly dbal: DbalService,
  ) {}

  async handle(): Promise<void> {
    await this.dbal.transaction(async () => {
      await this.admission.admit();
      for (const { id, since } of await this.open.findStranded()) {
        // Uses the earlier time, so that the run keeps its position in the queue.
        await this.queue.enqueue(
          RUN_JOB,
          { runId: id },
          { jobKey: runTaskKey(id), runAt: since, maxAttempts: RUN_JOB_ATTEMPTS },
        );
      }
      const { isAnyActive, nextWake } = await this.open.findActivity();
      const soon = databaseClock.nowMs() + WATCH_INTERVAL_MS;
      if (isAnyActive) await this.admission.watch(new Date(soon));
      else if (nextWake) await this.admission.watch(new Date(Math.max(soon, nextWake.getTime() + WATCH_INTERVAL_MS)));
    });
  }
}
