import { Injectable } from '@nestjs/common';
import { paginate } from '../../../common/dbal/paginate.js';
import { MAX_LISTED_BYTES, MAX_LISTED_VALUE_BYTES, MAX_SHOWN_BYTES } from '../../../common/contracts/answer-limits.js';
import { type CursorQuery, type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { MAX_NODES } from '../../workflows/definitions/definition.types.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';
import { runNotFound } from '../runs.errors.js';
import { RunsRepository } from '../runs.repository.js';
import type { Run, RunFilter, RunStep, RunSummary } from '../runs.types.js';
import { RunViewsRepository } from './run-views.repository.js';

/** Reads runs. Large values are omitted, and read separately by `RunValuesService`. */
@Injectable()
export class RunViewsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly views: RunViewsRepository,
    private readonly workflows: WorkflowsService,
  ) {}

  /** Returns one page across all workflows, newest first; up to one more than asked for. */
  list(filter: RunFilter, query: CursorQuery): Promise<RunSummary[]> {
    return this.views.findPage(filter, query);
  }

  /** Does the same as `list`, for one workflow. @throws NotFoundError `workflow.not_found`. */
  async listOf(workflowId: string, filter: RunFilter, query: CursorQuery): Promise<RunSummary[]> {
    const runs = await this.list({ ...filter, workflowId }, query);
    if (runs.length === 0) await this.workflows.get(workflowId);
    return runs;
  }

  /**
   * Returns the run and all its steps, with values of up to `MAX_SHOWN_BYTES` in total.
   * @throws NotFoundError `workflow_run.not_found`.
   */
  async get(id: string): Promise<{ run: Run; steps: RunStep[] }> {
    const run = await this.#find(id);
    // The run's own values are limited to `MAX_LISTED_VALUE_BYTES` each.
    const budget = MAX_SHOWN_BYTES - 3 * MAX_LISTED_VALUE_BYTES;
    return { run, steps: await this.views.findSteps(id, { skip: 0, take: MAX_NODES, budget }) };
  }

  /** Returns steps ordered by their start. @throws NotFoundError `workflow_run.not_found`. */
  async steps(id: string, query: PageQuery): Promise<{ rows: RunStep[]; total: number }> {
    const slice = toSlice(query);
    const page = await paginate(
      { ...slice, list: ['run_steps', id] },
      () => this.views.findSteps(id, { ...slice, budget: MAX_LISTED_BYTES }),
      () => this.views.countSteps(id),
    );
    if (page.total === 0) await this.#find(id);
    return page;
  }

  async #find(id: string): Promise<Run> {
    const run = await this.runs.findById(id);
    if (!run) throw runNotFound();
    return run;
  }
}
