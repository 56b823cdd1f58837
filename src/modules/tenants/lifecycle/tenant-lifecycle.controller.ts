import { Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../../common/contracts/etag.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { TenantDto, toTenantDto } from '../tenants.dto.js';
import { TenantLifecycleService } from './tenant-lifecycle.service.js';

@ApiTags('platform tenants')
@Controller('platform/tenants')
export class TenantLifecycleController {
  constructor(private readonly lifecycle: TenantLifecycleService) {}

  @Delete(':id')
  @ApiOperation({
    operationId: 'deleteTenant',
    summary: 'Delete a tenant',
    description: 'Schedules the deletion in 30 days; until then the tenant can be restored.',
  })
  @HttpCode(204)
  @Allow('platform:tenants:write')
  @ApiNoContentResponse()
  @ApiProblems(409)
  async remove(@CurrentActor() actor: Actor, @IdParam() id: string, @IfMatch() ifMatch?: string): Promise<void> {
    await this.lifecycle.scheduleDeletion(actor, id, ifMatch);
  }

  @Post(':id/suspend')
  @ApiOperation({
    operationId: 'suspendTenant',
    summary: 'Suspend a tenant',
    description: 'All its requests are refused until it is activated again.',
  })
  @HttpCode(200)
  @Allow('platform:tenants:write')
  @ETagged()
  @ApiOkResponse({ type: TenantDto })
  @ApiProblems(409)
  async suspend(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<TenantDto> {
    return toTenantDto(await this.lifecycle.suspend(actor, id));
  }

  @Post(':id/activate')
  @ApiOperation({ operationId: 'activateTenant', summary: 'Activate a tenant' })
  @HttpCode(200)
  @Allow('platform:tenants:write')
  @ETagged()
  @ApiOkResponse({ type: TenantDto })
  @ApiProblems(409)
  async activate(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<TenantDto> {
    return toTenantDto(await this.lifecycle.activate(actor, id));
  }

  @Post(':id/restore')
  @ApiOperation({
    operationId: 'restoreTenant',
    summary: 'Restore a tenant',
    description: 'Cancels the scheduled deletion.',
  })
  @HttpCode(200)
  @Allow('platform:tenants:write')
  @ETagged()
  @ApiOkResponse({ type: TenantDto })
  @ApiProblems(409)
  async restore(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<TenantDto> {
    return toTenantDto(await this.lifecycle.restore(actor, id));
  }
}
