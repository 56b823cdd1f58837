import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import type { WorkflowVersion } from '../workflows.types.js';
import { WorkflowVersionsRepository } from './workflow-versions.repository.js';

/** Stores the versions of a workflow: those that runs use, and the newest. */
@Injectable()
export class WorkflowVersionStore {
  constructor(
    private readonly versions: WorkflowVersionsRepository,
    private readonly limits: PlanLimits,
  ) {}

  /**
   * Adds a version in the transaction that has locked the workflow, and deletes old ones that no run uses.
   * @throws UnprocessableError `plan.limit_reached` if runs use too many.
   */
  async add(version: Omit<WorkflowVersion, 'createdAt'>): Promise<void> {
    const { workflowId } = version;
    await this.versions.prune(workflowId);
    await this.limits.assertBelow('workflowVersions', () => this.versions.count(workflowId));
    await this.versions.create(version);
  }
}
