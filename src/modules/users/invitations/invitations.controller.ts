import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../../common/contracts/page.js';
import { InvitationDto, InviteUserDto, ListInvitationsQuery } from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('users')
@Controller()
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post('users/invitations')
  @ApiOperation({ operationId: 'inviteUser', summary: 'Invite a user' })
  @Allow('user:create')
  @ApiCreatedResponse({ type: InvitationDto })
  @ApiProblems(409, 422)
  async invite(@CurrentActor() actor: Actor, @Body() body: InviteUserDto): Promise<InvitationDto> {
    return InvitationDto.of(await this.invitations.invite(actor, body));
  }

  @Get('invitations')
  @Allow('invitation:read')
  @ApiPage(InvitationDto)
  async list(@Query() query: ListInvitationsQuery): Promise<Page<InvitationDto>> {
    const { rows, total } = await this.invitations.list(query, query);
    return toPage(rows.map(InvitationDto.of), total, query);
  }

  @Post('invitations/:id/resend')
  @ApiOperation({ description: 'Sends a new link, which is valid for a week; the previous link stops working.' })
  @HttpCode(200)
  @Allow('user:create')
  @ApiOkResponse({ type: InvitationDto })
  @ApiProblems(409)
  async resend(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<InvitationDto> {
    return InvitationDto.of(await this.invitations.resend(actor, id));
  }

  @Delete('invitations/:id')
  @ApiOperation({ description: 'The link stops working. The user remains, without a way to sign in.' })
  @HttpCode(204)
  @Allow('user:create')
  @ApiNoContentResponse()
  @ApiProblems(409)
  revoke(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<void> {
    return this.invitations.revoke(actor, id);
  }
}
