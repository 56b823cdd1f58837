import { Injectable } from '@nestjs/common';
import type { Actor } from '../../src/common/identity/actor.js';
import { permissionSetOfRole } from '../../src/common/identity/permissions.js';
import { WorkflowLifecycleService } from '../../src/modules/workflows/lifecycle/workflow-lifecycle.service.js';
import { LuaScriptsService } from '../../src/modules/scripting/lua-scripts/lua-scripts.service.js';
import { RunsService } from '../../src/modules/workflow-runs/runs.service.js';
import { WorkflowsService } from '../../src/modules/workflows/workflows.service.js';
import { DEMO_SCRIPT, demoWorkflows, type DemoWorkflow } from './demo-workflows.js';
import { DemoRepository } from './demo.repository.js';

/** Whose the demo's workflows are. */
const MAKER = 'manager';

/** Workflows of a demo tenant, each active and with a run of it in line, which a worker takes as soon as there is one. */
@Injectable()
export class DemoWorkflowSeed {
  constructor(
    private readonly demo: DemoRepository,
    private readonly workflows: WorkflowsService,
    private readonly lifecycle: WorkflowLifecycleService,
    private readonly scripts: LuaScriptsService,
    private readonly runs: RunsService,
  ) {}

  /** Call it inside the tenant, in a transaction: all of it, or nothing. Does nothing where the tenant has workflows. */
  async seed(timeZone: string): Promise<void> {
    const { total } = await this.workflows.list({ page: 1, limit: 1 });
    if (total > 0) return;
    const id = await this.demo.findUserId(MAKER);
    const maker: Actor = { kind: 'user', id, role: MAKER, permissions: permissionSetOfRole(MAKER) };
    const script = await this.scripts.create(maker, DEMO_SCRIPT);
    for (const workflow of demoWorkflows(script.id, timeZone)) await this.make(maker, workflow);
  }

  private async make(maker: Actor, { definition, input }: DemoWorkflow): Promise<void> {
    const { workflow } = await this.workflows.create(maker, { definition, config: null });
    await this.lifecycle.activate(maker, workflow.id);
    await this.runs.start(maker, workflow.id, input);
  }
}
