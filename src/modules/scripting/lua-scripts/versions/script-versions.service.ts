import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../../../common/identity/actor.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { type PageQuery, toSlice } from '../../../../common/contracts/page.js';
import { luaScriptNotFound } from '../lua-scripts.errors.js';
import { LuaScriptsRepository } from '../lua-scripts.repository.js';
import type { LuaScript, LuaScriptChanges } from '../lua-scripts.types.js';
import { ScriptUsesService } from '../uses/script-uses.service.js';
import { ScriptVersionsRepository } from './script-versions.repository.js';
import { type ScriptVersion, type ScriptVersionSummary, SOURCE_FIELDS } from './script-versions.types.js';

/** Older versions are kept only as long as they are in use. */
const KEPT_VERSIONS = 100;

/** Reads and records the versions of scripts. */
@Injectable()
export class ScriptVersionsService {
  constructor(
    private readonly versions: ScriptVersionsRepository,
    private readonly scripts: LuaScriptsRepository,
    private readonly uses: ScriptUsesService,
  ) {}

  /** Returns one page, newest first. @throws NotFoundError `lua_script.not_found`. */
  async list(scriptId: string, query: PageQuery): Promise<{ rows: ScriptVersionSummary[]; total: number }> {
    if (!(await this.scripts.findById(scriptId))) throw luaScriptNotFound();
    return this.versions.findPage(scriptId, toSlice(query));
  }

  /** @throws NotFoundError `lua_script.not_found`, `lua_script_version.not_found`. */
  async get(scriptId: string, number: number): Promise<ScriptVersion> {
    const version = await this.versions.find(scriptId, number);
    if (version) return version;
    if (!(await this.scripts.findById(scriptId))) throw luaScriptNotFound();
    throw new NotFoundError('lua_script_version');
  }

  /**
   * Saves the script's current state as a version, in the transaction that writes it. Workflows that the actor may
   * change use it at once; in others it is pending.
   */
  async keep(actor: Actor, script: LuaScript): Promise<void> {
    await this.versions.create(script, userIdOf(actor));
    await this.uses.advance(actor, script.id, script.definitionVersion);
    const oldest = script.definitionVersion - KEPT_VERSIONS;
    if (oldest > 0) await this.versions.prune(script.id, oldest + 1);
  }
}

/** Returns whether the changes alter the script's behaviour. Name and description do not. */
export function isNewVersion(script: LuaScript, changes: LuaScriptChanges): boolean {
  return SOURCE_FIELDS.some((field) => {
    return changes[field] !== undefined && !isDeepStrictEqual(changes[field], script[field]);
  });
}
