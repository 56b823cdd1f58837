import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { OwnTenantDto, TenantUsageDto, toOwnTenantDto, UpdateOwnTenantDto } from './own-tenant.dto.js';
import { OwnTenantService } from './own-tenant.service.js';

@ApiTags('tenant')
@Controller('tenant')
export class OwnTenantController {
  constructor(private readonly tenant: OwnTenantService) {}

  @Get()
  @ApiOperation({ operationId: 'getOwnTenant', summary: 'Get your tenant' })
  @Allow('tenant:read')
  @ETagged()
  @ApiOkResponse({ type: OwnTenantDto })
  async get(): Promise<OwnTenantDto> {
    return toOwnTenantDto(await this.tenant.get());
  }

  @Patch()
  @ApiOperation({ operationId: 'updateOwnTenant', summary: 'Update your tenant' })
  @Allow('tenant:update')
  @ETagged(OwnTenantService)
  @ApiOkResponse({ type: OwnTenantDto })
  @ApiProblems(409, 422)
  async update(
    @CurrentActor() actor: Actor,
    @Body() body: UpdateOwnTenantDto,
    @IfMatch() ifMatch?: string,
  ): Promise<OwnTenantDto> {
    return toOwnTenantDto(await this.tenant.update(actor, body, ifMatch));
  }

  @Get('usage')
  @ApiOperation({ operationId: 'getOwnTenantUsage', summary: 'Get the usage and limits of your tenant' })
  @Allow('tenant:read')
  @ApiOkResponse({ type: TenantUsageDto })
  usage(): Promise<TenantUsageDto> {
    return this.tenant.usage();
  }
}
