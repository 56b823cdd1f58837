import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../common/json/json-object.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { ActionRegistry } from '../actions/action-registry.js';
import { LuaScriptsRepository } from '../lua-scripts/lua-scripts.repository.js';
import { checkCondition } from '../sandbox/conditions.js';
import { SCOPE_VARIABLES } from '../sandbox/expression-scope.js';
import { ScriptSandbox } from '../sandbox/script-sandbox.js';
import type { ScriptProblem } from '../sandbox/script.types.js';
import { checkTemplates } from '../sandbox/templates.js';
import type { DefinitionProblem, WorkflowDefinition } from './definition.types.js';
import { validateDefinition } from './validate-definition.js';

/** What an event trigger's filter sees. */
export const FILTER_VARIABLES = ['event'];

/** Judges definitions by what the tenant and the program have: scripts, actions, languages. */
@Injectable()
export class DefinitionChecker {
  constructor(
    private readonly scripts: LuaScriptsRepository,
    private readonly actions: ActionRegistry,
    private readonly sandbox: ScriptSandbox,
  ) {}

  /** Everything that keeps the definition from being run; none when it is valid. */
  async check(definition: WorkflowDefinition): Promise<DefinitionProblem[]> {
    const [known, luaProblems] = await Promise.all([this.knownScripts(definition), this.luaProblems(definition)]);
    return validateDefinition(definition, {
      scriptExists: (id) => known.has(id),
      actionProblems: (action, config) => this.actionProblems(action, config),
      conditionProblems: (cel) => checkCondition(cel),
      filterProblems: (cel) => checkCondition(cel, FILTER_VARIABLES),
      transformProblems: (jsonata) => this.sandbox.checkJsonata(jsonata),
      luaProblems: (code) => luaProblems.get(code) ?? [],
      referenceProblems: (value, pointer) => checkTemplates(value, pointer, SCOPE_VARIABLES),
    });
  }

  private async knownScripts(definition: WorkflowDefinition): Promise<Set<string>> {
    return new Set(await this.scripts.findExisting(scriptIdsOf(definition)));
  }

  /** By code. One after the other: a single check must not fill the tenant's line in the sandbox. */
  private async luaProblems({ nodes }: WorkflowDefinition): Promise<Map<string, ScriptProblem[]>> {
    const problems = new Map<string, ScriptProblem[]>();
    for (const code of nodes.flatMap(({ type, config }) => (type === 'lua' ? textsOf(config['code']) : []))) {
      if (!problems.has(code)) problems.set(code, await this.sandbox.checkLua(code));
    }
    return problems;
  }

  private actionProblems(action: string, config: JsonObject): DefinitionProblem[] | null {
    const known = this.actions.get(action);
    return known ? [...checkTemplates(config, '', SCOPE_VARIABLES), ...known.validate(config)] : null;
  }
}

/** Ids of the Lua scripts that a definition runs. */
export function scriptIdsOf({ nodes }: Pick<WorkflowDefinition, 'nodes'>): string[] {
  const ids = nodes.flatMap(({ type, config }) => (type === 'lua' ? textsOf(config['scriptId']) : []));
  return [...new Set(ids.filter(isUuid))];
}

function textsOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}
