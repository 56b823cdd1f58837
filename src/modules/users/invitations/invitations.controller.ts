import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/auth/actor.js';
import { Allow, CurrentActor } from '../../../common/auth/auth.decorators.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { InvitationDto, InviteUserDto } from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('users')
@Controller('users/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post()
  @Allow('user:create')
  @ApiCreatedResponse({ type: InvitationDto })
  @ApiProblems(409, 422)
  async invite(@CurrentActor() actor: Actor, @Body() body: InviteUserDto): Promise<InvitationDto> {
    return InvitationDto.of(await this.invitations.invite(actor, body));
  }
}
