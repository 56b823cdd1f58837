import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { TaskRunner } from './task-runner.js';

const ENQUEUE = 'jobs.enqueue(text, json, timestamptz, text, text, integer)';

/** Checks whether this process can do its part of background work. */
@Injectable()
export class QueueHealth {
  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly runner: TaskRunner,
  ) {}

  /** For readiness. Never throws; `detail` is worded for an operator. */
  async check(): Promise<{ ok: boolean; detail: string }> {
    if (this.config.APP_ROLE !== 'api' && !this.runner.isUp)
      return { ok: false, detail: 'the task runner is not running' };
    if (this.config.APP_ROLE === 'worker') return { ok: true, detail: 'the task runner is running' };
    return this.#canEnqueue();
  }

  async #canEnqueue(): Promise<{ ok: boolean; detail: string }> {
    try {
      const { rows } = await this.prisma.pool.query<{ executable: boolean | null }>(
        `SELECT has_schema_privilege('jobs', 'USAGE') AND has_function_privilege(to_regprocedure($1), 'EXECUTE') AS executable`,
        [ENQUEUE],
      );
      return rows[0]?.executable
        ? { ok: true, detail: 'tasks can be enqueued' }
        : { ok: false, detail: 'tasks cannot be enqueued: run db:migrate:deploy' };
    } catch {
      return { ok: false, detail: 'the queue does not respond' };
    }
  }
}
