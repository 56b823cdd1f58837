import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AddressLimitGuard } from '../../../common/http/rate-limit/address-limit.guard.js';
import { Public } from '../../../common/identity/auth.decorators.js';
import { SmallBody } from '../../../common/http/body-options.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { UserDto } from '../users.dto.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { AcceptInvitationDto } from './invitations.dto.js';

@ApiTags('auth')
@Controller('auth/invitations')
export class InvitationAcceptanceController {
  constructor(private readonly acceptance: InvitationAcceptanceService) {}

  @Post('accept')
  @ApiOperation({ operationId: 'acceptInvitation', summary: 'Accept an invitation' })
  @HttpCode(200)
  @Public()
  @SmallBody()
  @UseGuards(AddressLimitGuard)
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(403, 422)
  async accept(@Body() { token, password }: AcceptInvitationDto): Promise<UserDto> {
    return UserDto.of(await this.acceptance.accept(token, password));
  }
}
