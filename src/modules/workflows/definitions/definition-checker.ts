import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { permissionsForKeysOf } from '../../../common/identity/permissions.js';
import type { Role } from '../../../common/identity/roles.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { ActionRegistry } from '../actions/action-registry.service.js';
import { LuaScriptsService } from '../../scripting/lua-scripts/lua-scripts.service.js';
import { ExpressionChecker } from '../../scripting/sandbox/expression-checker.service.js';
import { SCOPE_VARIABLES } from '../../scripting/sandbox/expression-scope.types.js';
import { checkTemplates } from '../../scripting/sandbox/templates.js';
import { permissionNotHeld } from '../workflows.errors.js';
import { TriggerRegistry } from '../triggers/trigger-registry.js';
import type { DefinitionProblem, WorkflowDefinition } from './definition.types.js';
import { scriptIdsOf, textsIn } from './definition-texts.js';
import { validateDefinition } from './validate-definition.js';

/** Validates definitions against the scripts of the tenant, and the actions and languages of the application. */
@Injectable()
export class DefinitionChecker {
  constructor(
    private readonly scripts: LuaScriptsService,
    private readonly actions: ActionRegistry,
    private readonly triggers: TriggerRegistry,
    private readonly expressions: ExpressionChecker,
  ) {}

  /** Returns every problem that prevents the definition from being run; empty if it is valid. */
  async check(definition: WorkflowDefinition): Promise<DefinitionProblem[]> {
    const [triggerProblems, known, lua, jsonata, conditions] = await Promise.all([
      this.triggerProblems(definition),
      this.knownScripts(definition),
      this.expressions.lua(textsIn(definition, 'lua', 'code')),
      this.expressions.jsonata(textsIn(definition, 'transform', 'transform')),
      this.expressions.conditions(textsIn(definition, 'condition', 'condition'), SCOPE_VARIABLES),
    ]);
    return validateDefinition(definition, {
      scriptExists: (id) => known.has(id),
      triggerProblems,
      actionProblems: (action, config) => this.actionProblems(action, config),
      conditionProblems: (cel) => conditions.get(cel) ?? [],
      transformProblems: (expression) => jsonata.get(expression) ?? [],
      luaProblems: (code) => lua.get(code) ?? [],
      referenceProblems: (value, pointer) => checkTemplates(value, pointer, SCOPE_VARIABLES),
    });
  }

  /**
   * Runs act with all permissions of their owner, an API key only with its own. So an API key cannot save a workflow
   * whose actions could do more.
   * @throws ForbiddenError `workflow.permission_not_held`
   */
  assertWithinKey(actor: Actor, { nodes }: Pick<WorkflowDefinition, 'nodes'>): void {
    if (actor.kind !== 'api_key') return;
    const required = nodes.flatMap(({ type, config }) =>
      type === 'action' && typeof config['action'] === 'string'
        ? this.permissionsOf(config['action'], config, actor.role)
        : [],
    );
    const missing = [...new Set(required)].filter((name) => !actor.permissions.has(name)).sort();
    if (missing.length > 0) throw permissionNotHeld(missing);
  }

  private permissionsOf(action: string, config: JsonObject, role: Role): readonly string[] {
    const known = this.actions.get(action);
    if (!known?.permissions) return [];
    // If the permissions are known only during the run, any permission may be needed.
    return known.permissions(config) ?? permissionsForKeysOf(role);
  }

  private async triggerProblems({ trigger, triggerConfig }: WorkflowDefinition): Promise<DefinitionProblem[]> {
    const problems = await this.triggers.problems(trigger, triggerConfig);
    return problems.map((problem) => ({ ...problem, pointer: `/triggerConfig${problem.pointer}` }));
  }

  private async knownScripts(definition: WorkflowDefinition): Promise<Set<string>> {
    return new Set(await this.scripts.findExisting(scriptIdsOf(definition)));
  }

  private actionProblems(action: string, config: JsonObject): DefinitionProblem[] | null {
    const known = this.actions.get(action);
    return known ? [...checkTemplates(config, '', SCOPE_VARIABLES), ...known.validate(config)] : null;
  }
}
