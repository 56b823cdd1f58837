import type { Actor } from '../../../common/identity/actor.js';
import { EntityWriter, type WritesEntity } from '../../../common/gateway/entity-writer.js';
import { CreateLuaScriptDto, UpdateLuaScriptDto } from './lua-scripts.dto.js';
import { LuaScriptsService } from './lua-scripts.service.js';

/** Delegates to the service, so that entity writes follow the same rules. */
@EntityWriter('LuaScript', { create: CreateLuaScriptDto, update: UpdateLuaScriptDto })
export class LuaScriptEntityWriter implements WritesEntity<CreateLuaScriptDto, UpdateLuaScriptDto> {
  constructor(private readonly scripts: LuaScriptsService) {}

  async create(actor: Actor, data: CreateLuaScriptDto): Promise<string> {
    return (await this.scripts.create(actor, CreateLuaScriptDto.toNewScript(data))).id;
  }

  update(actor: Actor, id: string, data: UpdateLuaScriptDto, ifMatch?: string): Promise<unknown> {
    return this.scripts.update(actor, id, UpdateLuaScriptDto.toChanges(data), ifMatch);
  }

  delete(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    return this.scripts.remove(actor, id, ifMatch);
  }
}
