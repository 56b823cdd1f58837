import { Logger } from '@nestjs/common';
import { type HandlesTasks, TaskHandler } from './task-handler.js';
import { WorkerPool } from './worker-pool.js';
import { databaseTimeIn } from '../time/database-clock.js';

const KEEP_GIVEN_UP_MS = 30 * 24 * 60 * 60 * 1000;

/** Removes tasks that failed permanently more than a month ago, and empty queues. */
@TaskHandler('queue.clean_up', { cron: '10 3 * * *' })
export class QueueCleanUpTask implements HandlesTasks {
  readonly #logger = new Logger(QueueCleanUpTask.name);

  constructor(private readonly workers: WorkerPool) {}

  async handle(): Promise<void> {
    const removed = await this.workers.cleanUp(databaseTimeIn(-KEEP_GIVEN_UP_MS));
    if (removed > 0) this.#logger.log({ removed }, 'Removed tasks that were given up a month ago.');
  }
}
