import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { MetricsRegistry } from '../observability/metrics-registry.js';

/** `dropped`: the task had become pointless. */
export type TaskOutcome = 'done' | 'failed' | 'postponed' | 'dropped';

/** Numbers of queued tasks, by task name. */
export interface QueueFigures {
  task: string;
  due: number;
  running: number;
  givenUp: number;
  oldestDueSeconds: number;
}

const FRESH_MS = 1000;

/**
 * Prometheus metrics of background tasks. Durations are those of this process. Queue figures are the same in all
 * processes that run tasks, so alerts should use their maximum.
 */
@Injectable()
export class QueueMetrics {
  readonly #duration: Histogram;
  readonly #recovered: Counter;
  readonly #jobs: Gauge;
  readonly #oldest: Gauge;
  #readQueue: (() => Promise<QueueFigures[]>) | undefined;
  #reading: Promise<QueueFigures[]> | undefined;

  constructor(registry: MetricsRegistry) {
    const registers = [registry];
    this.#duration = new Histogram({
      name: 'job_duration_seconds',
      help: 'Duration of task attempts.',
      labelNames: ['task', 'outcome'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    });
    this.#recovered = new Counter({
      name: 'job_workers_recovered_total',
      help: 'Crashed workers whose tasks this process returned to the queue.',
      registers,
    });
    this.#jobs = new Gauge({
      name: 'jobs_in_queue',
      help: 'Tasks that are due, running, or given up after their last attempt (given_up).',
      labelNames: ['task', 'state'],
      registers,
      collect: () => this.#collectCounts(),
    });
    this.#oldest = new Gauge({
      name: 'job_oldest_due_seconds',
      help: 'Waiting time of the oldest due task.',
      labelNames: ['task'],
      registers,
      collect: () => this.#collectAges(),
    });
  }

  observe(task: string, outcome: TaskOutcome, durationMs: number): void {
    this.#duration.observe({ task, outcome }, durationMs / 1000);
  }

  workersRecovered(count: number): void {
    this.#recovered.inc(count);
  }

  /**
   * Sets the function that reads the queue figures for a scrape; undefined (in processes that run no tasks) omits them.
   */
  readQueueWith(read: (() => Promise<QueueFigures[]>) | undefined): void {
    this.#readQueue = read;
  }

  async #collectCounts(): Promise<void> {
    this.#jobs.reset();
    for (const { task, due, running, givenUp } of await this.#figures()) {
      this.#jobs.set({ task, state: 'due' }, due);
      this.#jobs.set({ task, state: 'running' }, running);
      this.#jobs.set({ task, state: 'given_up' }, givenUp);
    }
  }

  async #collectAges(): Promise<void> {
    this.#oldest.reset();
    for (const { task, oldestDueSeconds } of await this.#figures()) this.#oldest.set({ task }, oldestDueSeconds);
  }

  /**
   * Reads the queue once for both gauges of a scrape. Never rejects: a scrape must answer even if the database does
   * not.
   */
  #figures(): Promise<QueueFigures[]> {
    if (!this.#reading) {
      this.#reading = (this.#readQueue?.() ?? Promise.resolve([])).catch(() => []);
      void this.#reading.finally(() => setTimeout(() => (this.#reading = undefined), FRESH_MS).unref());
    }
    return this.#reading;
  }
}
