import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** The enqueued data. It comes from JSON, so handlers validate what they read. */
export type TaskPayload = Readonly<Record<string, unknown>>;

export interface RunningTask {
  readonly id: string;
  readonly task: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The worker that runs the task; while alive, it holds the advisory lock `tenantry:worker:<workerId>`. */
  readonly workerId: string;
  /** Aborts when the process must end before the task has finished. */
  readonly signal: AbortSignal;
}

/**
 * Handles one kind of background task. Tasks run at least once, so a handler must be idempotent. A tenant's task runs
 * inside that tenant's context; a platform task runs outside any tenant.
 */
export interface HandlesTasks {
  /** @throws any error: the task is retried with growing delays until its attempts are used up. */
  handle(payload: TaskPayload, task: RunningTask): Promise<void>;
}

export interface TaskHandlerOptions {
  /** Schedule in UTC, as the five fields of a crontab. Only for platform tasks. */
  readonly cron?: string;
}

/** Metadata by which the runner discovers handlers. */
export const TaskHandlerMetadata = DiscoveryService.createDecorator<{ task: string } & TaskHandlerOptions>();

/**
 * Registers a provider as the handler of a task: `@TaskHandler('mail.send')`. The manifest of its module declares the
 * name and whether it is a tenant's or the platform's task.
 */
export const TaskHandler = (task: string, options: TaskHandlerOptions = {}): ClassDecorator =>
  applyDecorators(Injectable(), TaskHandlerMetadata({ task, ...options }));
