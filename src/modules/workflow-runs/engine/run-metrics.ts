import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { MetricsRegistry } from '../../../common/observability/metrics-registry.js';
import { RunSpans } from './run-spans.js';

/** Prometheus metrics of the workflow engine in this process. */
@Injectable()
export class RunMetrics {
  readonly #runs: Counter;
  readonly #running: Gauge;
  readonly #wait: Histogram;
  readonly #steps: Histogram;

  constructor(
    registry: MetricsRegistry,
    /** Spans of single runs, in addition to the metrics of all. */
    readonly spans: RunSpans,
  ) {
    const registers = [registry];
    this.#runs = new Counter({
      name: 'workflow_runs_total',
      help: 'Runs that ended, or were suspended until a time or a decision (waiting).',
      labelNames: ['status', 'trigger'],
      registers,
    });
    this.#running = new Gauge({
      name: 'workflow_runs_running',
      help: 'Runs that this process is executing.',
      registers,
    });
    this.#wait = new Histogram({
      name: 'workflow_run_wait_seconds',
      help: 'Time from the creation of a run until a worker first claimed it.',
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600],
      registers,
    });
    this.#steps = new Histogram({
      name: 'workflow_step_duration_seconds',
      help: 'Duration of step attempts.',
      labelNames: ['type', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    });
  }

  began(waitMs: number): void {
    this.#wait.observe(Math.max(0, waitMs) / 1000);
  }

  /** Counts a running run. Returns a function to call when this process stops executing it. */
  running(): () => void {
    this.#running.inc();
    return () => this.#running.dec();
  }

  ended(status: string, trigger: string): void {
    this.#runs.inc({ status, trigger });
  }

  stepEnded(type: string, outcome: 'done' | 'waiting' | 'failed', durationMs: number): void {
    this.#steps.observe({ type, outcome }, durationMs / 1000);
  }
}
