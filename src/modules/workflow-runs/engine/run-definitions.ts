import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { WorkflowDefinition } from '../../workflows/definitions/definition.types.js';
import { WorkflowVersionsService } from '../../workflows/versions/workflow-versions.service.js';
import { RunGraph } from './run-graph.js';

export interface RunPlan {
  definition: WorkflowDefinition;
  graph: RunGraph;
}

const REMEMBERED = 500;

/** Loads the versions that runs execute. A version never changes, so it is cached. */
@Injectable()
export class RunDefinitions {
  readonly #known = new LRUCache<string, RunPlan>({ max: REMEMBERED });

  constructor(
    private readonly tenant: TenantContext,
    private readonly versions: WorkflowVersionsService,
  ) {}

  /** @throws Error if there is no such version, or it is not executable. */
  async get(workflowId: string, number: number): Promise<RunPlan> {
    const key = `${this.tenant.tenantId}:${workflowId}:${number}`;
    const known = this.#known.get(key);
    if (known) return known;
    const version = await this.versions.find(workflowId, number);
    if (!version) throw new Error(`The workflow ${workflowId} has no version ${number}.`);
    const plan = { definition: version.definition, graph: new RunGraph(version.definition) };
    this.#known.set(key, plan);
    return plan;
  }
}
