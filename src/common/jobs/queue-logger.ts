import type { Logger as NestLogger } from '@nestjs/common';
import { Logger } from 'graphile-worker';
import { JobPostponedError } from './job-postponed.error.js';

/** graphile-worker's log lines in ours: without payloads, success only for debugging, what was postponed not at all. */
export function queueLogger(log: NestLogger): Logger {
  return new Logger((scope) => (level, message, meta) => {
    if (meta?.['error'] instanceof JobPostponedError) return;
    const fields = {
      ...(scope.taskIdentifier && { task: scope.taskIdentifier }),
      ...(scope.jobId && { jobId: scope.jobId }),
    };
    if (level === 'error') log.error(fields, message);
    else if (level === 'warning') log.warn(fields, message);
    else log.debug(fields, message);
  });
}
