import type { Logger as NestLogger } from '@nestjs/common';
import type { Job, Logger } from 'graphile-worker';
import { TaskPostponedError } from './task-postponed.error.js';

/** Adapts graphile-worker's logger: without payloads, successes only at debug level, postponed tasks not at all. */
export async function queueLogger(log: NestLogger): Promise<Logger> {
  const { Logger } = await import('graphile-worker');
  return new Logger((scope) => (level, message, meta) => {
    if (meta?.['error'] instanceof TaskPostponedError) return;
    const job = meta?.['job'] as Job | undefined;
    const fields = { task: job?.task_identifier ?? scope.taskIdentifier, jobId: job?.id ?? scope.jobId };
    if (level === 'error') log.error(fields, message);
    else if (level === 'warning') log.warn(fields, message);
    else log.debug(fields, message);
  });
}
