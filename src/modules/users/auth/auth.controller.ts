import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { AddressLimitGuard, SessionLimitGuard } from '../../../common/http/rate-limit/address-limit.guard.js';
import { ActorIfAny, Allow, CurrentActor, Public } from '../../../common/identity/auth.decorators.js';
import { SmallBody } from '../../../common/http/body-options.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { LoginDto, LogoutDto, MeDto, RefreshDto, SignedInDto, TokensDto } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { WhoAmIService } from './who-am-i.service.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly whoAmI: WhoAmIService,
  ) {}

  @Post('login')
  @ApiOperation({ operationId: 'signIn', summary: 'Sign in to a tenant' })
  @HttpCode(200)
  @Public()
  @SmallBody()
  @UseGuards(AddressLimitGuard)
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(401, 403, 404)
  async login(@Body() body: LoginDto): Promise<SignedInDto> {
    return SignedInDto.of(await this.auth.login(body));
  }

  @Post('refresh')
  @ApiOperation({ operationId: 'refreshTokens', summary: 'Refresh the tokens of a session' })
  @HttpCode(200)
  @Public()
  @SmallBody()
  @UseGuards(SessionLimitGuard)
  @ApiOkResponse({ type: TokensDto })
  @ApiProblems(401, 403)
  async refresh(@Body() { refreshToken }: RefreshDto): Promise<TokensDto> {
    return TokensDto.of(await this.auth.refresh(refreshToken));
  }

  @Post('logout')
  @ApiOperation({
    operationId: 'signOut',
    summary: 'Sign out',
    description: 'Ends the session of the access token or of the refresh token.',
  })
  @HttpCode(204)
  @Public()
  @SmallBody()
  @UseGuards(SessionLimitGuard)
  @ApiNoContentResponse()
  @ApiProblems(401, 403)
  logout(@ActorIfAny() actor: Actor | undefined, @Body() { refreshToken }: LogoutDto): Promise<void> {
    return this.auth.logout(actor, refreshToken);
  }

  @Get('me')
  @ApiOperation({ operationId: 'getCurrentUser', summary: 'Get the current user, tenant and permissions' })
  @Allow('profile:read')
  @ApiOkResponse({ type: MeDto })
  async me(@CurrentActor() actor: Actor): Promise<MeDto> {
    return MeDto.of(await this.whoAmI.get(actor));
  }
}
