import { Injectable } from '@nestjs/common';
import type { JsonValue } from '../../../common/json/json-object.js';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { ScriptError } from '../sandbox/script.errors.js';
import { ScriptSandbox } from '../sandbox/script-sandbox.service.js';
import { DEFAULT_SCRIPT_MEMORY_BYTES } from '../sandbox/script.types.js';
import { LuaScriptsService } from './lua-scripts.service.js';
import type { LuaScript, ScriptTrial } from './lua-scripts.types.js';
import { inputProblem, returnProblem } from './script-contract.js';

/** Runs a script for its author, outside any workflow. Every trial is audited, but not its input and result. */
@Injectable()
export class ScriptTrialsService {
  constructor(
    private readonly scripts: LuaScriptsService,
    private readonly sandbox: ScriptSandbox,
    private readonly audit: AuditService,
  ) {}

  /**
   * Runs the script once with its own limits, as a workflow step would with this `input`.
   * @throws NotFoundError `lua_script.not_found`; UnavailableError when too many scripts are waiting.
   */
  async run(actor: Actor, id: string, input: JsonValue): Promise<ScriptTrial> {
    const script = await this.scripts.get(id);
    const trial = await this.#try(script, input);
    const { succeeded, error } = trial;
    const details = { version: script.definitionVersion, ...(error && { error: error.kind }) };
    await this.audit.record(actor, {
      action: 'lua_script.tried',
      targetType: 'lua_script',
      targetId: id,
      details: { ...details, succeeded },
    });
    return trial;
  }

  async #try(script: LuaScript, input: JsonValue): Promise<ScriptTrial> {
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
