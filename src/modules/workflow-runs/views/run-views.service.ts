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

/** Looking at runs. What is large stays in the database, and is read on its own: see `RunValuesService`. */
@Injectable()
export class RunViewsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly views: RunViewsRepository,
    private readonly workflows: WorkflowsService,
  ) {}

  /** One page over all workflows, newest first; one more than asked for. */
  list(filter: RunFilter, query: CursorQuery): Promise<RunSummary[]> {
    return this.views.findPage(filter, query);
  }

  /** As `list`. @throws NotFoundError `workflow.not_found`. */
  async listOf(workflowId: string, filter: RunFilter, query: CursorQuery): Promise<RunSummary[]> {
    const runs = await this.list({ ...filter, workflowId }, query);
    if (runs.length === 0) await this.workflows.get(workflowId);
    return runs;
  }

  /** The run and all its steps, with values up to `MAX_SHOWN_BYTES` together. @throws NotFoundError `workflow_run.not_found`. */
  async get(id: string): Promise<{ run: Run; steps: RunStep[] }> {
    const run = await this.#find(id);
    // The values of the run itself that are shown are small.
    const budget = MAX_SHOWN_BYTES - 3 * MAX_LISTED_VALUE_BYTES;
    return { run, steps: await this.views.findSteps(id, { skip: 0, take: MAX_NODES, budget }) };
  }

  /** Steps in the order in which they began. @throws NotFoundError `workflow_run.not_found`. */
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
