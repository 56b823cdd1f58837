import { Controller, Delete, Get, HttpCode, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiCursorPage } from '../../../common/http/openapi/api-page.js';
import { type CursorPage, CursorQuery, toCursorPage } from '../../../common/contracts/page.js';
import { SessionDto } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ summary: 'List your sessions' })
  @Allow('session:read')
  @ApiCursorPage(SessionDto)
  async list(@CurrentActor() actor: Actor, @Query() query: CursorQuery): Promise<CursorPage<SessionDto>> {
    return toCursorPage(await this.sessions.list(actor, query), query, SessionDto.for(actor));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete one of your sessions', description: 'Its tokens stop working at once.' })
  @HttpCode(204)
  @Allow('session:delete')
  remove(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<void> {
    return this.sessions.remove(actor, id);
  }
}
