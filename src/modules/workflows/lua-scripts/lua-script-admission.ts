import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { ScriptSandbox } from '../sandbox/script-sandbox.js';
import { luaScriptInvalid } from './lua-scripts.errors.js';
import { LuaScriptsRepository } from './lua-scripts.repository.js';

/** What a script has to be, and that there is room for it. */
@Injectable()
export class LuaScriptAdmission {
  constructor(
    private readonly scripts: LuaScriptsRepository,
    private readonly sandbox: ScriptSandbox,
    private readonly limits: PlanLimits,
  ) {}

  /** For a new script: call it in the transaction that makes it. @throws UnprocessableError `plan.limit_reached`. */
  assertRoom(): Promise<void> {
    return this.limits.assertRoom('scripts', () => this.scripts.count());
  }

  /** @throws UnprocessableError `lua_script.invalid`, with every problem. */
  async assertCompiles(code: string): Promise<void> {
    const problems = await this.sandbox.checkLua(code);
    if (problems.length === 0) return;
    throw luaScriptInvalid(
      problems.map((problem) => ({
        pointer: '/code',
        code: problem.code,
        detail: problem.line === undefined ? problem.message : `Line ${problem.line}: ${problem.message}`,
      })),
    );
  }
}
