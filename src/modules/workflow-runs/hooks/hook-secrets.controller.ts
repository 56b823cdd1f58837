import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { HookSecretDto, SetHookSecretDto } from './hook-secrets.dto.js';
import { HookSecretsService } from './hook-secrets.service.js';

@ApiTags('workflows')
@Controller('workflows/:id/hook-secret')
export class HookSecretsController {
  constructor(private readonly secrets: HookSecretsService) {}

  @Put()
  @ApiOperation({
    operationId: 'setHookSecret',
    summary: 'Set the secret that signs webhook deliveries',
    description: 'The previous secret remains valid for a day.',
  })
  @Allow('workflow:update')
  @ApiOkResponse({ type: HookSecretDto })
  @ApiProblems(409)
  async set(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() { secret, dropPrevious = false }: SetHookSecretDto,
  ): Promise<HookSecretDto> {
    return HookSecretDto.of(await this.secrets.set(actor, id, secret, dropPrevious));
  }

  @Get()
  @ApiOperation({
    summary: 'Get the state of a webhook secret',
    description: 'The response states whether there is a secret and when it was set. It never contains the secret.',
  })
  @Allow('workflow:read')
  @ApiOkResponse({ type: HookSecretDto })
  async get(@IdParam() id: string): Promise<HookSecretDto> {
    return HookSecretDto.of(await this.secrets.get(id));
  }

  @Delete()
  @ApiOperation({ summary: 'Delete the secret of a webhook' })
  @HttpCode(204)
  @Allow('workflow:update')
  @ApiNoContentResponse()
  @ApiProblems(409)
  remove(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<void> {
    return this.secrets.remove(actor, id);
  }
}
