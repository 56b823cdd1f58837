import { Injectable } from '@nestjs/common';
import type { JsonValue } from '../../../common/json/json-object.js';
import { ScriptError } from '../sandbox/script.errors.js';
import { ScriptSandbox } from '../sandbox/script-sandbox.service.js';
import { DEFAULT_SCRIPT_MEMORY_BYTES } from '../sandbox/script.types.js';
import { LuaScriptsService } from './lua-scripts.service.js';
import type { ScriptTrial } from './lua-scripts.types.js';
import { inputProblem, returnProblem } from './script-contract.js';

/** Runs a script for the person who writes it, outside of any workflow. */
@Injectable()
export class ScriptTrialsService {
  constructor(
    private readonly scripts: LuaScriptsService,
    private readonly sandbox: ScriptSandbox,
  ) {}

  /**
   * Runs it once with its own limits, as a step of a workflow would with this `input`.
   * @throws NotFoundError `lua_script.not_found`; UnavailableError when too many scripts are waiting.
   */
  async run(id: string, input: JsonValue): Promise<ScriptTrial> {
    const script = await this.scripts.get(id);
    const begun = performance.now();
    const end = (outcome: Pick<ScriptTrial, 'result' | 'logs' | 'error'>): ScriptTrial => ({
      succeeded: outcome.error === null,
      ...outcome,
      durationMs: Math.round(performance.now() - begun),
    });
    const misfit = inputProblem(script, input);
    if (misfit !== undefined) return end({ result: null, logs: [], error: { kind: 'input', message: misfit } });
    const { timeoutMs, allowedGlobals } = script;
    const limits = { timeoutMs, allowedGlobals, memoryBytes: DEFAULT_SCRIPT_MEMORY_BYTES };
    try {
      const scope = { input, trigger: input, steps: {}, run: {} };
      const { result, logs } = await this.sandbox.runLua(script.code, scope, limits);
      const oddity = returnProblem(script, result);
      const error = oddity === undefined ? null : ({ kind: 'return_type', message: oddity } as const);
      return end({ result: result as JsonValue, logs, error });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const { kind, message, line, logs } = error;
      return end({ result: null, logs, error: { kind, message, ...(line !== undefined && { line }) } });
    }
  }
}
