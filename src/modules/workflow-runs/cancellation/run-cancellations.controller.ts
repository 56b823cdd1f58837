import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { CancellationsDto, CancelRunsDto, MAX_CANCELLATIONS } from './run-cancellations.dto.js';
import { RunCancellationsService } from './run-cancellations.service.js';

@ApiTags('workflow runs')
@Controller('workflow-runs/cancel')
export class RunCancellationsController {
  constructor(private readonly cancellations: RunCancellationsService) {}

  @Post()
  @ApiOperation({
    operationId: 'cancelWorkflowRuns',
    summary: 'Cancel many workflow runs',
    description:
      'Cancels your own runs, or those of all users for managers and above. The oldest runs are cancelled first.',
  })
  @HttpCode(200)
  @Allow('workflow:run')
  @ApiOkResponse({ type: CancellationsDto })
  async cancel(
    @CurrentActor() actor: Actor,
    @Body() { limit = MAX_CANCELLATIONS, ...filter }: CancelRunsDto,
  ): Promise<CancellationsDto> {
    return CancellationsDto.of(await this.cancellations.cancel(actor, CancelRunsDto.toFilter(filter), limit));
  }
}
