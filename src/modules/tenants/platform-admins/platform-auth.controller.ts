import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { AddressLimitGuard, SessionLimitGuard } from '../../../common/http/rate-limit/address-limit.guard.js';
import { ActorIfAny, Public } from '../../../common/identity/auth.decorators.js';
import { SmallBody } from '../../../common/http/body-options.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { PlatformLoginDto, PlatformLogoutDto, PlatformRefreshDto, PlatformTokensDto } from './platform-auth.dto.js';
import { PlatformAuthService } from './platform-auth.service.js';

@ApiTags('platform')
@Controller('platform/auth')
export class PlatformAuthController {
  constructor(private readonly auth: PlatformAuthService) {}

  @Post('login')
  @ApiOperation({ operationId: 'signInPlatformAdmin', summary: 'Sign in as a platform administrator' })
  @HttpCode(200)
  @Public()
  @SmallBody()
  @UseGuards(AddressLimitGuard)
  @ApiOkResponse({ type: PlatformTokensDto })
  @ApiProblems(401)
  async login(@Body() { email, password }: PlatformLoginDto): Promise<PlatformTokensDto> {
    return PlatformTokensDto.of(await this.auth.login(email, password));
  }

  @Post('refresh')
  @ApiOperation({ operationId: 'refreshPlatformTokens', summary: 'Refresh the tokens of a platform administrator' })
  @HttpCode(200)
  @Public()
  @SmallBody()
  @UseGuards(SessionLimitGuard)
  @ApiOkResponse({ type: PlatformTokensDto })
  @ApiProblems(401)
  async refresh(@Body() { refreshToken }: PlatformRefreshDto): Promise<PlatformTokensDto> {
    return PlatformTokensDto.of(await this.auth.refresh(refreshToken));
  }

  @Post('logout')
  @ApiOperation({ operationId: 'signOutPlatformAdmin', summary: 'Sign out a platform administrator' })
  @HttpCode(204)
  @Public()
  @SmallBody()
  @UseGuards(SessionLimitGuard)
  @ApiNoContentResponse()
  @ApiProblems(401)
  logout(@ActorIfAny() actor: Actor | undefined, @Body() { refreshToken }: PlatformLogoutDto): Promise<void> {
    return this.auth.logout(actor, refreshToken);
  }
}
