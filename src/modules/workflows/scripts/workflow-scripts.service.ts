import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { scriptIdsOf } from '../definitions/definition-texts.js';
import { WorkflowOwnership } from '../workflow-ownership.js';
import { workflowNotFound } from '../workflows.errors.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import type { Workflow } from '../workflows.types.js';
import { luaScriptNotFound } from '../../scripting/lua-scripts/lua-scripts.errors.js';
import { ScriptUsesService } from '../../scripting/lua-scripts/uses/script-uses.service.js';
import type { ScriptUse } from '../../scripting/lua-scripts/uses/script-uses.types.js';

/** Manages the script versions of a workflow: the one that runs use, and a newer one that is pending. */
@Injectable()
export class WorkflowScriptsService {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly uses: ScriptUsesService,
    private readonly ownership: WorkflowOwnership,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Returns the scripts that its definition references, by name. @throws NotFoundError `workflow.not_found`. */
  async list(workflowId: string): Promise<ScriptUse[]> {
    const workflow = await this.workflows.findById(workflowId);
    if (!workflow) throw workflowNotFound();
    return this.uses.find(workflowId, scriptIdsOf(workflow));
  }

  /**
   * Makes new runs use a version of a script.
   * @param version the newest one, if absent.
   * @throws NotFoundError `workflow.not_found`, `lua_script.not_found` for a script that the definition does not
   * reference, `lua_script_version.not_found`; ForbiddenError `workflow.not_yours`.
   */
  take(actor: Actor, workflowId: string, scriptId: string, version?: number): Promise<ScriptUse> {
    return this.dbal.transaction(async () => {
      const workflow = await this.workflows.findForUpdate(workflowId);
      if (!workflow) throw workflowNotFound();
      await this.ownership.assertMayChange(actor, workflow);
      const before = await this.#use(workflow, scriptId);
      const number = version ?? before.newestVersion;
      if (number === before.version) return before;
      await this.uses.take(actor, workflowId, scriptId, number);
      await this.audit.record(actor, {
        action: 'workflow.script_taken',
        targetType: 'workflow',
        targetId: workflowId,
        before: { version: before.version },
        after: { version: number },
        details: { scriptId },
      });
      return this.#use(workflow, scriptId);
    });
  }

  async #use(workflow: Workflow, scriptId: string): Promise<ScriptUse> {
    const named = scriptIdsOf(workflow).filter((id) => id.toLowerCase() === scriptId.toLowerCase());
    const [use] = await this.uses.find(workflow.id, named);
    if (!use) throw luaScriptNotFound();
    return use;
  }
}
