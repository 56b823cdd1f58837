import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { type DefinitionDiff, diffDefinitions } from '../definitions/definition-diff.js';
import { DefinitionWriter } from './definition-writer.js';
import { WorkflowOwnership } from '../workflow-ownership.js';
import { versionNotFound, workflowNotFound } from '../workflows.errors.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import type { Workflow, WorkflowVersion } from '../workflows.types.js';
import { WorkflowVersionsRepository } from './workflow-versions.repository.js';

/** Reads, compares and restores versions of a workflow. */
@Injectable()
export class WorkflowVersionsService {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: WorkflowVersionsRepository,
    private readonly definitions: DefinitionWriter,
    private readonly ownership: WorkflowOwnership,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Returns one page, newest first. @throws NotFoundError `workflow.not_found`. */
  async list(
    workflowId: string,
    query: PageQuery,
  ): Promise<{ rows: Omit<WorkflowVersion, 'definition'>[]; total: number }> {
    await this.assertThere(workflowId);
    return this.versions.findPage(workflowId, toSlice(query));
  }

  find(workflowId: string, number: number): Promise<WorkflowVersion | null> {
    return this.versions.find(workflowId, number);
  }

  /** @throws NotFoundError `workflow.not_found`, `workflow_version.not_found`. */
  async get(workflowId: string, number: number): Promise<WorkflowVersion> {
    const version = await this.versions.find(workflowId, number);
    if (version) return version;
    await this.assertThere(workflowId);
    throw versionNotFound();
  }

  /** Returns the differences between two versions, in either direction. Throws the errors of `get`. */
  async diff(workflowId: string, from: number, to: number): Promise<DefinitionDiff> {
    const [before, after] = await Promise.all([this.get(workflowId, from), this.get(workflowId, to)]);
    return diffDefinitions(before.definition, after.definition);
  }

  /**
   * Restores the definition of that version as a new version; the name is kept. Does nothing if they are equal.
   * @throws the errors of `get`; ForbiddenError `workflow.not_yours`; UnprocessableError `workflow.invalid` for an
   * active workflow that could not run with it (any longer).
   */
  restore(actor: Actor, workflowId: string, number: number): Promise<Workflow> {
    return this.dbal.transaction(async () => {
      const workflow = await this.workflows.findForUpdate(workflowId);
      if (!workflow) throw workflowNotFound();
      await this.ownership.assertMayChange(actor, workflow);
      const { definition } = await this.get(workflowId, number);
      const restored = await this.definitions.save(actor, workflow, { ...definition, name: workflow.name });
      if (restored.version === workflow.version) return workflow;
      await this.audit.record(actor, {
        action: 'workflow.version_restored',
        targetType: 'workflow',
        targetId: workflowId,
        details: { restored: number, definitionVersion: restored.definitionVersion },
      });
      return restored;
    });
  }

  private async assertThere(workflowId: string): Promise<void> {
    if (!(await this.workflows.findById(workflowId))) throw workflowNotFound();
  }
}
