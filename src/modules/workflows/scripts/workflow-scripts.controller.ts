import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { TakeScriptDto, WorkflowScriptDto } from './workflow-scripts.dto.js';
import { WorkflowScriptsService } from './workflow-scripts.service.js';

@ApiTags('workflows')
@Controller('workflows/:id/scripts')
export class WorkflowScriptsController {
  constructor(private readonly scripts: WorkflowScriptsService) {}

  /** Lists the version of each referenced Lua script that runs use, and a newer one that is pending. */
  @Get()
  @ApiOperation({
    summary: 'List the Lua scripts of a workflow',
    description: 'The response states which version of each script runs use, and which one is not accepted yet.',
  })
  @Allow('workflow:read')
  @ApiOkResponse({ type: [WorkflowScriptDto] })
  async list(@IdParam() id: string): Promise<WorkflowScriptDto[]> {
    return (await this.scripts.list(id)).map(WorkflowScriptDto.of);
  }

  /** Makes new runs use that version. */
  @Post(':scriptId/take')
  @ApiOperation({
    summary: 'Take a version of a Lua script into a workflow',
    description: 'Runs that start afterwards use that version.',
  })
  @HttpCode(200)
  @Allow('workflow:update')
  @ApiOkResponse({ type: WorkflowScriptDto })
  async take(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @IdParam('scriptId') scriptId: string,
    @Body() { version }: TakeScriptDto,
  ): Promise<WorkflowScriptDto> {
    return WorkflowScriptDto.of(await this.scripts.take(actor, id, scriptId, version));
  }
}
