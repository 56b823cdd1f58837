import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { assertIfMatch, type VersionSource } from '../../../common/contracts/etag.js';
import { parseSort, toSlice } from '../../../common/contracts/page.js';
import { OwnersService } from '../../users/owners.service.js';
import { mayChange } from '../../../common/identity/ownership.js';
import { LuaScriptAdmission } from './lua-script-admission.js';
import { luaScriptNotFound, notYourScript } from './lua-scripts.errors.js';
import { LuaScriptsRepository } from './lua-scripts.repository.js';
import {
  LUA_SCRIPT_SORTS,
  type ListedLuaScript,
  LuaScript,
  type LuaScriptChanges,
  type LuaScriptList,
  type NewLuaScript,
} from './lua-scripts.types.js';
import { isNewVersion, ScriptVersionsService } from './versions/script-versions.service.js';

/** Manages scripts that the tenant's workflows share. */
@Injectable()
export class LuaScriptsService implements VersionSource {
  constructor(
    private readonly scripts: LuaScriptsRepository,
    private readonly versions: ScriptVersionsService,
    private readonly owners: OwnersService,
    private readonly admission: LuaScriptAdmission,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /** Returns one page, by name. @throws InvalidInputError for an unsupported sort order. */
  list(query: LuaScriptList): Promise<{ rows: ListedLuaScript[]; total: number }> {
    return this.scripts.findPage(query.search, {
      ...toSlice(query),
      orderBy: parseSort(query.sort, LUA_SCRIPT_SORTS, 'name'),
    });
  }

  /** @throws NotFoundError `lua_script.not_found`. */
  async get(id: string): Promise<LuaScript> {
    const script = await this.scripts.findById(id);
    if (!script) throw luaScriptNotFound();
    return script;
  }

  /** Returns those of the ids that belong to scripts of the tenant. */
  findExisting(ids: string[]): Promise<string[]> {
    return this.scripts.findExisting(ids);
  }

  /** @throws NotFoundError `lua_script.not_found`. */
  currentVersion({ id }: { id: string }): Promise<LuaScript> {
    return this.get(id);
  }

  /**
   * @throws ConflictError `lua_script.name_taken`; UnprocessableError `lua_script.invalid` for code that does not
   * compile, `plan.limit_reached`.
   */
  async create(actor: Actor, input: NewLuaScript): Promise<LuaScript> {
    await this.admission.assertCompiles(input.code);
    return this.dbal.transaction(async () => {
      await this.admission.assertRoom();
      const script = await this.scripts.create({ ...input, createdBy: userIdOf(actor) });
      await this.versions.keep(actor, script);
      await this.record(actor, 'lua_script.created', script.id, { name: script.name });
      return script;
    });
  }

  /**
   * Creates a new version unless only the name or description changes. New runs use it at once in workflows that the
   * actor may change; in others it is pending until somebody who may change them adopts it.
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; NotFoundError; ForbiddenError `lua_script.not_yours`; ConflictError and
   * UnprocessableError as `create`.
   */
  update(actor: Actor, id: string, changes: LuaScriptChanges, ifMatch?: string): Promise<LuaScript> {
    return this.dbal.transaction(async () => {
      const script = await this.getForChange(actor, id, ifMatch);
      const fields = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field]));
      if (fields.length === 0) return script;
      if (changes.code !== undefined && changes.code !== script.code) await this.admission.assertCompiles(changes.code);
      const isNew = isNewVersion(script, changes);
      const updated = await this.scripts.update(id, changes, script.definitionVersion + (isNew ? 1 : 0));
      if (!updated) throw luaScriptNotFound();
      if (isNew) await this.versions.keep(actor, updated);
      const { definitionVersion } = updated;
      await this.record(actor, 'lua_script.updated', id, { fields: fields.sort(), definitionVersion });
      return updated;
    });
  }

  /** @throws the errors of `update`; ConflictError `lua_script.in_use` while an active workflow runs it. */
  async remove(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    await this.dbal.transaction(async () => {
      const { name } = await this.getForChange(actor, id, ifMatch);
      await this.admission.assertUnused(id);
      await this.scripts.delete(id);
      await this.record(actor, 'lua_script.deleted', id, { name });
    });
  }

  private async getForChange(actor: Actor, id: string, ifMatch: string | undefined): Promise<LuaScript> {
    const script = await this.scripts.findForUpdate(id);
    if (!script) throw luaScriptNotFound();
    assertIfMatch(ifMatch, script);
    if (!mayChange(actor, await this.owners.holder(script.createdBy))) throw notYourScript();
    return script;
  }

  private record(actor: Actor, action: string, targetId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'lua_script', targetId, details });
  }
}
