import { Injectable } from '@nestjs/common';
import type { Actor } from '../../src/common/identity/actor.js';
import { EntityGateway } from '../../src/common/gateway/entity-gateway.js';
import { WorkflowLifecycleService } from '../../src/modules/workflows/lifecycle/workflow-lifecycle.service.js';
import { RunsService } from '../../src/modules/workflow-runs/runs.service.js';
import { WorkflowsService } from '../../src/modules/workflows/workflows.service.js';
import { DEMO_SCRIPT, demoWorkflows, type DemoWorkflow } from './demo-workflows.js';

/**
 * Creates the workflows of a demo tenant, each active and with a queued run, which the next available worker executes.
 */
@Injectable()
export class DemoWorkflowSeed {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly lifecycle: WorkflowLifecycleService,
    private readonly entities: EntityGateway,
    private readonly runs: RunsService,
  ) {}

  /**
   * Call it inside the tenant, in a transaction. Creates everything or nothing; does nothing if the tenant has
   * workflows.
   */
  async seed(maker: Actor, timeZone: string): Promise<void> {
    const { total } = await this.workflows.list({ page: 1, limit: 1 });
    if (total > 0) return;
    const script = await this.entities.findFirst(maker, 'LuaScript', { filter: { name: { eq: DEMO_SCRIPT } } });
    for (const workflow of demoWorkflows(script!['id'] as string, timeZone)) await this.make(maker, workflow);
  }

  private async make(maker: Actor, { definition, input }: DemoWorkflow): Promise<void> {
    const { workflow } = await this.workflows.create(maker, { definition, config: null });
    await this.lifecycle.activate(maker, workflow.id);
    await this.runs.start(maker, workflow.id, input);
  }
}
