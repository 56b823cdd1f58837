import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** What was enqueued. Comes from JSON: handlers check what they read. */
export type TaskPayload = Readonly<Record<string, unknown>>;

export interface RunningTask {
  readonly id: string;
  readonly task: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Who holds it: while that worker lives, it has the advisory lock `tenantry:worker:<workerId>`. */
  readonly workerId: string;
  /** Aborts when the process has to end before the job has. */
  readonly signal: AbortSignal;
}

/**
 * Does one kind of background work. Jobs run at least once: a handler bears being repeated, also after it has finished.
 * A job of a tenant runs inside that tenant's context; a job of the platform runs inside none.
 */
export interface HandlesTasks {
  /** @throws anything: the job is tried again later, with a growing delay, until its attempts are used up. */
  handle(payload: TaskPayload, task: RunningTask): Promise<void>;
}

export interface TaskHandlerOptions {
  /** When to run by itself, as a crontab's five fields, in UTC. Tasks of the platform only. */
  readonly cron?: string;
}

/** How the runner finds the handlers. */
export const TaskHandlerMetadata = DiscoveryService.createDecorator<{ task: string } & TaskHandlerOptions>();

/**
 * Makes a provider the handler of a task: `@TaskHandler('mail.send')`.
 * The manifest of its module declares the name, and whether it is a tenant's or the platform's.
 */
export const TaskHandler = (task: string, options: TaskHandlerOptions = {}): ClassDecorator =>
  applyDecorators(Injectable(), TaskHandlerMetadata({ task, ...options }));
