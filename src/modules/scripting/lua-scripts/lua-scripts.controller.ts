import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../../common/contracts/etag.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../../common/contracts/page.js';
import {
  CreateLuaScriptDto,
  ListedLuaScriptDto,
  ListLuaScriptsQuery,
  LuaScriptDto,
  UpdateLuaScriptDto,
} from './lua-scripts.dto.js';
import { LuaScriptsService } from './lua-scripts.service.js';

@ApiTags('lua-scripts')
@Controller('lua-scripts')
export class LuaScriptsController {
  constructor(private readonly scripts: LuaScriptsService) {}

  @Get()
  @Allow('lua_script:read')
  @ApiPage(ListedLuaScriptDto)
  async list(@Query() query: ListLuaScriptsQuery): Promise<Page<ListedLuaScriptDto>> {
    const { rows, total } = await this.scripts.list(query);
    return toPage(rows.map(ListedLuaScriptDto.of), total, query);
  }

  @Post()
  @Allow('lua_script:create')
  @ETagged()
  @ApiCreatedResponse({ type: LuaScriptDto })
  @ApiProblems(409, 422)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateLuaScriptDto): Promise<LuaScriptDto> {
    return LuaScriptDto.of(await this.scripts.create(actor, CreateLuaScriptDto.toNewScript(body)));
  }

  @Get(':id')
  @Allow('lua_script:read')
  @ETagged()
  @ApiOkResponse({ type: LuaScriptDto })
  async get(@IdParam() id: string): Promise<LuaScriptDto> {
    return LuaScriptDto.of(await this.scripts.get(id));
  }

  @Patch(':id')
  @Allow('lua_script:update')
  @ETagged(LuaScriptsService)
  @ApiOkResponse({ type: LuaScriptDto })
  @ApiProblems(409, 422)
  async update(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() body: UpdateLuaScriptDto,
    @IfMatch() ifMatch?: string,
  ): Promise<LuaScriptDto> {
    return LuaScriptDto.of(await this.scripts.update(actor, id, UpdateLuaScriptDto.toChanges(body), ifMatch));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('lua_script:delete')
  @ApiNoContentResponse()
  @ApiProblems(409)
  async remove(@CurrentActor() actor: Actor, @IdParam() id: string, @IfMatch() ifMatch?: string): Promise<void> {
    await this.scripts.remove(actor, id, ifMatch);
  }
}
