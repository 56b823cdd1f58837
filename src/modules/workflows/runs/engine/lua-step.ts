import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../../common/json/json-object.js';
import { ActionError } from '../../actions/workflow-action.js';
import { LuaScriptsService } from '../../lua-scripts/lua-scripts.service.js';
import { inputProblem, returnProblem } from '../../lua-scripts/script-contract.js';
import type { LuaScript } from '../../lua-scripts/lua-scripts.types.js';
import type { ExpressionScope } from '../../sandbox/expression-scope.js';
import { ScriptError } from '../../sandbox/script-error.js';
import { ScriptSandbox } from '../../sandbox/script-sandbox.js';
import { DEFAULT_SCRIPT_MEMORY_BYTES, DEFAULT_SCRIPT_TIMEOUT_MS } from '../../sandbox/script.types.js';
import { resolveTemplate } from '../../sandbox/templates.js';
import { scopeFor } from './scope-for.js';

type Source = Pick<LuaScript, 'code' | 'parameters' | 'returnType' | 'allowedGlobals' | 'timeoutMs'>;

/** Runs the Lua of a step: its own, or a script of the tenant's as it is now. */
@Injectable()
export class LuaStep {
  constructor(
    private readonly scripts: LuaScriptsService,
    private readonly sandbox: ScriptSandbox,
  ) {}

  /** @throws ScriptError; NotFoundError for a script that is gone; ActionError where it does not fit what goes in and comes out. */
  async run(
    config: JsonObject,
    { scope, log, signal }: { scope: ExpressionScope; log: (message: string) => void; signal: AbortSignal },
  ): Promise<unknown> {
    const source = await this.#sourceOf(config);
    const input = config['input'] === undefined ? scope.input : resolveTemplate(config['input'], scope);
    const misfit = inputProblem(source, input);
    if (misfit !== undefined) throw new ActionError('script.input', misfit);
    const limits = {
      timeoutMs: typeof config['timeoutMs'] === 'number' ? config['timeoutMs'] : source.timeoutMs,
      memoryBytes: Number(config['memoryLimitBytes'] ?? DEFAULT_SCRIPT_MEMORY_BYTES),
      allowedGlobals: source.allowedGlobals,
      signal,
    };
    const { result, logs } = await this.sandbox
      .runLua(source.code, { ...scopeFor(source.code, scope), input }, limits)
      .catch(toldBy(log));
    logs.forEach((line) => log(line));
    const oddity = returnProblem(source, result);
    if (oddity !== undefined) throw new ActionError('script.return_type', oddity);
    return result;
  }

  async #sourceOf({ scriptId, code }: JsonObject): Promise<Source> {
    if (typeof code === 'string') {
      return { code, parameters: [], returnType: null, allowedGlobals: [], timeoutMs: DEFAULT_SCRIPT_TIMEOUT_MS };
    }
    return this.scripts.get(typeof scriptId === 'string' ? scriptId : '');
  }
}

/** What a script logged before it failed is told, too. */
function toldBy(log: (message: string) => void): (error: unknown) => never {
  return (error) => {
    if (error instanceof ScriptError) error.logs.forEach((line) => log(line));
    throw error;
  };
}
