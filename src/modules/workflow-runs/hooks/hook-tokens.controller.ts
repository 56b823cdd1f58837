import { Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { SecretsShownOnce } from '../../../common/http/idempotency/idempotency.decorators.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { HookTokenDto } from './hook-tokens.dto.js';
import { HookTokensService } from './hook-tokens.service.js';

@ApiTags('workflows')
@Controller('workflows/:id/hook-token')
export class HookTokensController {
  constructor(private readonly tokens: HookTokensService) {}

  @Post()
  @ApiOperation({
    operationId: 'renewHookToken',
    summary: 'Renew the token of a webhook',
    description: 'The previous address stops working.',
  })
  @Allow('workflow:update')
  @SecretsShownOnce('hookToken', 'hookUrl')
  @ApiCreatedResponse({ type: HookTokenDto })
  @ApiProblems(409)
  async renewHookToken(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<HookTokenDto> {
    return HookTokenDto.of(await this.tokens.renew(actor, id));
  }
}
