import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { ScriptSandbox } from '../sandbox/script-sandbox.service.js';
import { luaScriptInvalid } from './lua-scripts.errors.js';
import { LuaScriptsRepository } from './lua-scripts.repository.js';
import { ScriptUsesService } from './uses/script-uses.service.js';

/** Checks that a script is valid and that the plan allows another one. */
@Injectable()
export class LuaScriptAdmission {
  constructor(
    private readonly scripts: LuaScriptsRepository,
    private readonly uses: ScriptUsesService,
    private readonly sandbox: ScriptSandbox,
    private readonly limits: PlanLimits,
  ) {}

  /**
   * Checks the plan's limit for a new script. Call it in the transaction that creates it.
   * @throws UnprocessableError `plan.limit_reached`.
   */
  assertRoom(): Promise<void> {
    return this.limits.assertRoom('scripts', () => this.scripts.count());
  }

  /**
   * Checks that a script may be deleted. Call it in the transaction that deletes it: until that ends, no workflow can
   * start using the script.
   * @throws ConflictError `lua_script.in_use` while an active workflow runs it.
   */
  async assertUnused(id: string): Promise<void> {
    await this.uses.lock();
    await this.uses.assertUnused(id);
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
