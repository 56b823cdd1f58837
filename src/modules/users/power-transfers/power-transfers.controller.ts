import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../../common/contracts/page.js';
import { CreatePowerTransferDto, ListPowerTransfersQuery, PowerTransferDto } from './power-transfers.dto.js';
import { PowerTransfersService } from './power-transfers.service.js';

@ApiTags('users')
@Controller('power-transfers')
export class PowerTransfersController {
  constructor(private readonly transfers: PowerTransfersService) {}

  @Get()
  @Allow('power_transfer:read')
  @ApiPage(PowerTransferDto)
  async list(@CurrentActor() actor: Actor, @Query() query: ListPowerTransfersQuery): Promise<Page<PowerTransferDto>> {
    const { rows, total } = await this.transfers.list(actor, query);
    return toPage(rows.map(PowerTransferDto.of), total, query);
  }

  @Post()
  @ApiOperation({
    description: 'Offers the ownership of the tenant to another user, who has an hour to accept or reject it.',
  })
  @Allow('power_transfer:create')
  @ApiCreatedResponse({ type: PowerTransferDto })
  @ApiProblems(404, 409, 422)
  async request(@CurrentActor() actor: Actor, @Body() body: CreatePowerTransferDto): Promise<PowerTransferDto> {
    return PowerTransferDto.of(await this.transfers.request(actor, body.toUserId));
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Allow('power_transfer:answer')
  @ApiOkResponse({ type: PowerTransferDto })
  @ApiProblems(409, 422)
  async accept(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<PowerTransferDto> {
    return PowerTransferDto.of(await this.transfers.accept(actor, id));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Allow('power_transfer:answer')
  @ApiOkResponse({ type: PowerTransferDto })
  @ApiProblems(409)
  async reject(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<PowerTransferDto> {
    return PowerTransferDto.of(await this.transfers.reject(actor, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Allow('power_transfer:create')
  @ApiOkResponse({ type: PowerTransferDto })
  @ApiProblems(409)
  async cancel(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<PowerTransferDto> {
    return PowerTransferDto.of(await this.transfers.cancel(actor, id));
  }
}
