import { Injectable } from '@nestjs/common';
import { Tracing } from '../../../common/tracing/tracing.js';
import type { ClaimedRun } from './run-leases.repository.js';
import type { StepStart } from './run-state.types.js';
import { StepAbortedError } from './step-time.js';

/** Spans of runs and their steps: names and ids only, never inputs or outputs. */
@Injectable()
export class RunSpans {
  constructor(private readonly tracing: Tracing) {}

  /**
   * Runs `work` in the trace of the caller that started the run, which need not be the one that caused its admission.
   */
  ofRun<T>(run: ClaimedRun, work: () => Promise<T>): Promise<T> {
    const attributes = {
      'tenantry.run.id': run.id,
      'tenantry.run.trigger': run.trigger,
      'tenantry.run.attempt': run.attempt,
      'tenantry.workflow.id': run.workflowId,
      'tenantry.workflow.version': run.workflowVersion,
    };
    return this.tracing.inSpan('workflow run', { parent: { traceparent: run.traceparent }, attributes }, work);
  }

  /** Runs `work` in a span for one attempt of a step. */
  ofStep<T>(runId: string, { node, attempt }: StepStart, work: () => Promise<T>): Promise<T> {
    const { action } = node.config;
    const attributes = {
      'tenantry.run.id': runId,
      'tenantry.step.node': node.id,
      'tenantry.step.type': node.type,
      'tenantry.step.action': typeof action === 'string' ? action : undefined,
      'tenantry.step.attempt': attempt,
    };
    const isExpected = (error: unknown): boolean => error instanceof StepAbortedError;
    return this.tracing.inSpan(`step ${node.type}`, { attributes }, work, isExpected);
  }
}
