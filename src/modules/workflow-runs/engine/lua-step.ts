import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../common/json/json-object.js';
import { ActionError } from '../../workflows/actions/workflow-action.js';
import { inputProblem, returnProblem } from '../../scripting/lua-scripts/script-contract.js';
import { ScriptVersionsService } from '../../scripting/lua-scripts/versions/script-versions.service.js';
import type { ScriptSource } from '../../scripting/lua-scripts/versions/script-versions.types.js';
import { ScriptError } from '../../scripting/sandbox/script.errors.js';
import { ScriptSandbox } from '../../scripting/sandbox/script-sandbox.service.js';
import { DEFAULT_SCRIPT_MEMORY_BYTES, DEFAULT_SCRIPT_TIMEOUT_MS } from '../../scripting/sandbox/script.types.js';
import { resolveTemplate } from '../../scripting/sandbox/templates.js';
import { scopeFor } from './scope-for.js';
import type { StepContext } from './step-context.js';

/** The parts of a step's context that its script needs. */
type LuaContext = Pick<StepContext, 'scope' | 'log' | 'signal' | 'scriptVersions'>;

/** Runs the script of a step: its own code, or the version of a shared script that the run uses. */
@Injectable()
export class LuaStep {
  constructor(
    private readonly scripts: ScriptVersionsService,
    private readonly sandbox: ScriptSandbox,
  ) {}

  /**
   * @throws ScriptError; NotFoundError if the script was deleted; ActionError if its input or result does not match the
   * script's declaration.
   */
  async run(config: JsonObject, { scope, log, signal, scriptVersions }: LuaContext): Promise<unknown> {
    const source = await this.#sourceOf(config, scriptVersions);
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
      .catch(logsOfFailure(log));
    logs.forEach((line) => log(line));
    const oddity = returnProblem(source, result);
    if (oddity !== undefined) throw new ActionError('script.return_type', oddity);
    return result;
  }

  async #sourceOf({ scriptId, code }: JsonObject, versions: LuaContext['scriptVersions']): Promise<ScriptSource> {
    if (typeof code === 'string') {
      return { code, parameters: [], returnType: null, allowedGlobals: [], timeoutMs: DEFAULT_SCRIPT_TIMEOUT_MS };
    }
    const id = typeof scriptId === 'string' ? scriptId.toLowerCase() : '';
    const version = Object.hasOwn(versions, id) ? versions[id] : undefined;
    if (version !== undefined) return this.scripts.get(id, version);
    throw new ActionError(
      'script.not_taken',
      'The workflow does not use a version of the script yet: accept one first.',
    );
  }
}

/** Returns a handler that logs what a script logged before it failed, and rethrows. */
function logsOfFailure(log: (message: string) => void): (error: unknown) => never {
  return (error) => {
    if (error instanceof ScriptError) error.logs.forEach((line) => log(line));
    throw error;
  };
}
