import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { SecretsShownOnce } from '../../../common/http/idempotency/idempotency.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { type Page, PageQuery, toPage } from '../../../common/contracts/page.js';
import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('auth')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({ summary: 'List your API keys' })
  @Allow('api_key:read')
  @ApiPage(ApiKeyDto)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ApiKeyDto>> {
    const { rows, total } = await this.keys.list(actor, query);
    return toPage(rows.map(ApiKeyDto.of), total, query);
  }

  @Post()
  @ApiOperation({ description: 'The key is shown only in this response.' })
  @Allow('api_key:create')
  @SecretsShownOnce('key')
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiProblems(422)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    return CreatedApiKeyDto.ofCreated(await this.keys.create(actor, CreateApiKeyDto.toNewKey(body)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('api_key:delete')
  remove(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<void> {
    return this.keys.revoke(actor, id);
  }
}
