import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { OwnTransactions, SecretsShownOnce } from '../../common/http/idempotency/idempotency.decorators.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../common/contracts/page.js';
import {
  CreateTenantDto,
  ListedTenantDto,
  ListTenantsQuery,
  ProvisionedTenantDto,
  TenantDto,
  toProvisionedTenantDto,
  toListedTenantDto,
  toTenantDto,
  UpdateTenantDto,
} from './tenants.dto.js';
import { TenantsService } from './tenants.service.js';

@ApiTags('platform tenants')
@Controller('platform/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  @Allow('platform:tenants:read')
  @ApiPage(ListedTenantDto)
  async list(@Query() query: ListTenantsQuery): Promise<Page<ListedTenantDto>> {
    const { rows, total } = await this.tenants.list(query);
    return toPage(rows.map(toListedTenantDto), total, query);
  }

  @Post()
  @ApiOperation({ description: 'Also creates the owner and everything that a new tenant starts with.' })
  @Allow('platform:tenants:write')
  @OwnTransactions()
  @SecretsShownOnce('invitationToken')
  @ETagged()
  @ApiCreatedResponse({ type: ProvisionedTenantDto })
  @ApiProblems(409, 422, 500)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateTenantDto): Promise<ProvisionedTenantDto> {
    return toProvisionedTenantDto(await this.tenants.create(actor, body));
  }

  @Get(':id')
  @Allow('platform:tenants:read')
  @ETagged()
  @ApiOkResponse({ type: TenantDto })
  async get(@IdParam() id: string): Promise<TenantDto> {
    return toTenantDto(await this.tenants.get(id));
  }

  @Patch(':id')
  @Allow('platform:tenants:write')
  @ETagged(TenantsService)
  @ApiOkResponse({ type: TenantDto })
  @ApiProblems(409, 422)
  async update(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() body: UpdateTenantDto,
    @IfMatch() ifMatch?: string,
  ): Promise<TenantDto> {
    return toTenantDto(await this.tenants.update(actor, id, body, ifMatch));
  }
}
