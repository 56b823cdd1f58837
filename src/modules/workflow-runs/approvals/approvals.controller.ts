import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { type Page, toPage } from '../../../common/contracts/page.js';
import { ListApprovalsQuery, WaitingApprovalDto } from './approvals.dto.js';
import { WaitingApprovalsService } from './waiting-approvals.service.js';

@ApiTags('workflow runs')
@Controller('approvals')
export class ApprovalsController {
  constructor(private readonly approvals: WaitingApprovalsService) {}

  @Get()
  @ApiOperation({
    summary: 'List pending approvals',
    description:
      'Lists the steps that wait for your decision, or, with `all`, for that of anyone. Those that have waited longest come first.',
  })
  @Allow('workflow:read')
  @ApiPage(WaitingApprovalDto)
  async list(@CurrentActor() actor: Actor, @Query() query: ListApprovalsQuery): Promise<Page<WaitingApprovalDto>> {
    const { rows, total } = await this.approvals.list(actor, query.all, query);
    return toPage(rows.map(WaitingApprovalDto.of), total, query);
  }
}
