import { Injectable } from '@nestjs/common';
import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { ActionRegistry } from '../../workflows/actions/action-registry.service.js';
import { ActionError, type ActionOutcome, type WorkflowAction } from '../../workflows/actions/workflow-action.js';
import type { WorkflowNode } from '../../workflows/definitions/definition.types.js';
import { Conditions } from '../../scripting/sandbox/conditions.service.js';
import { ScriptSandbox } from '../../scripting/sandbox/script-sandbox.service.js';
import { DEFAULT_SCRIPT_TIMEOUT_MS } from '../../scripting/sandbox/script.types.js';
import { resolveTemplate } from '../../scripting/sandbox/templates.js';
import { LuaStep } from './lua-step.js';
import { RunRights } from './run-rights.js';
import { scopeFor } from './scope-for.js';
import type { StepContext } from './step-context.js';

/** Executes a node once. Neither judges nor saves the result. */
@Injectable()
export class StepRunner {
  constructor(
    private readonly tenant: TenantContext,
    private readonly sandbox: ScriptSandbox,
    private readonly conditions: Conditions,
    private readonly lua: LuaStep,
    private readonly actions: ActionRegistry,
    /** Determines the actor of a `StepContext`. */
    readonly rights: RunRights,
  ) {}

  /**
   * Returns whether the node only writes to our database, so that it may run in the transaction that saves its success.
   */
  isTransactional({ type, config }: WorkflowNode): boolean {
    return type === 'action' && this.actions.isTransactional(textOf(config, 'action'));
  }

  /** @throws the error that the step fails with. */
  async run(node: WorkflowNode, context: StepContext): Promise<ActionOutcome> {
    switch (node.type) {
      case 'condition':
        return done(await this.#judge(textOf(node.config, 'condition'), context));
      case 'transform':
        return done(await this.#transform(textOf(node.config, 'transform'), context));
      case 'lua':
        return done(await this.lua.run(node.config, context));
      case 'action':
        return this.#act(node, context);
      default:
        throw new ActionError('step.unknown_type', `Unknown step type ${node.type}.`);
    }
  }

  #judge(condition: string, { scope, signal }: StepContext): Promise<boolean> {
    return this.conditions.evaluate(condition, scope, { signal });
  }

  #transform(expression: string, { scope, signal }: StepContext): Promise<unknown> {
    const limits = { timeoutMs: DEFAULT_SCRIPT_TIMEOUT_MS, signal };
    return this.sandbox.runJsonata(expression, scope.input, limits, { ...scopeFor(expression, scope) });
  }

  async #act(node: WorkflowNode, { scope, ...context }: StepContext): Promise<ActionOutcome> {
    const config = resolveTemplate(node.config, scope) as Record<string, unknown>;
    return this.#actionOf(node).run(config, scope.input as JsonValue, {
      ...context,
      tenantId: this.tenant.tenantId,
      nodeId: node.id,
      idempotencyKey: `${context.runId}:${node.id}`,
    });
  }

  #actionOf({ config }: WorkflowNode): WorkflowAction {
    const name = textOf(config, 'action');
    const action = this.actions.get(name);
    // This process may be older than the definition, or the module was removed: another worker may know the action.
    if (!action) throw new ActionError('step.unknown_action', `Unknown action ${name}.`, true);
    return action;
  }
}

function done(output: unknown): ActionOutcome {
  return { kind: 'done', output };
}

/** A non-string value means an invalid definition; treat it as empty. */
function textOf(config: JsonObject, key: string): string {
  const value = config[key];
  return typeof value === 'string' ? value : '';
}
