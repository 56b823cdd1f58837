import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../../common/auth/actor.js';
import { Allow, CurrentActor } from '../../../../common/auth/auth.decorators.js';
import { CancellationsDto, CancelRunsDto, MAX_CANCELLATIONS } from './run-cancellations.dto.js';
import { RunCancellationsService } from './run-cancellations.service.js';

@ApiTags('workflow runs')
@Controller('workflow-runs/cancel')
export class RunCancellationsController {
  constructor(private readonly cancellations: RunCancellationsService) {}

  /** Ends many runs at once, oldest first: those of the caller, or from manager up those of everybody. */
  @Post()
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
