import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { AddressLimitGuard } from '../../../common/http/rate-limit/address-limit.guard.js';
import { Allow, CurrentActor, Public } from '../../../common/identity/auth.decorators.js';
import { SmallBody } from '../../../common/http/body-options.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { ForgottenPasswordsService } from './forgotten-passwords.service.js';
import { ChangePasswordDto, ForgotPasswordDto, ResetPasswordDto } from './passwords.dto.js';
import { PasswordsService } from './passwords.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordsController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly forgotten: ForgottenPasswordsService,
  ) {}

  @Post('change')
  @ApiOperation({ operationId: 'changePassword', summary: 'Change your password' })
  @HttpCode(204)
  @Allow('password:change')
  @ApiNoContentResponse()
  @ApiProblems(422)
  change(@CurrentActor() actor: Actor, @Body() body: ChangePasswordDto): Promise<void> {
    return this.passwords.change(actor, body);
  }

  @Post('forgot')
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Request a link to reset a password',
    description: 'The response is the same whether the user exists or not.',
  })
  @HttpCode(202)
  @Public()
  @SmallBody()
  @UseGuards(AddressLimitGuard)
  @ApiProblems(403, 404)
  @ApiAcceptedResponse({ description: 'The response is the same whether the user exists or not.' })
  forgot(@Body() { tenant, identifier }: ForgotPasswordDto): Promise<void> {
    return this.forgotten.askForLink(tenant, identifier);
  }

  @Post('reset')
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Reset a password',
    description: 'Requires the token from the link in the email.',
  })
  @HttpCode(204)
  @Public()
  @SmallBody()
  @UseGuards(AddressLimitGuard)
  @ApiNoContentResponse()
  @ApiProblems(403, 422)
  reset(@Body() { token, password }: ResetPasswordDto): Promise<void> {
    return this.forgotten.reset(token, password);
  }
}
