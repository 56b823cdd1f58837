import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { ApprovalsService } from './approvals/approvals.service.js';
import { DecideStepDto, RunDto, StartRunDto } from './runs.dto.js';
import { ApiNodeIdParam } from './views/node-id-param.js';
import { RunSteeringService } from './run-steering.service.js';
import { RunsService } from './runs.service.js';

@ApiTags('workflow runs')
@Controller()
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly steering: RunSteeringService,
    private readonly approvals: ApprovalsService,
  ) {}

  @Post('workflows/:id/runs')
  @ApiOperation({ operationId: 'startWorkflowRun', summary: 'Start a workflow run' })
  @HttpCode(202)
  @Allow('workflow:run')
  @ApiAcceptedResponse({ type: RunDto })
  @ApiProblems(409, 422, 429)
  async start(@CurrentActor() actor: Actor, @IdParam() id: string, @Body() body: StartRunDto): Promise<RunDto> {
    return RunDto.of(await this.runs.start(actor, id, body.input ?? {}));
  }

  @Post('workflow-runs/:id/cancel')
  @ApiOperation({
    operationId: 'cancelWorkflowRun',
    summary: 'Cancel a workflow run',
    description: 'A run that a worker is executing is cancelled within moments.',
  })
  @HttpCode(200)
  @Allow('workflow:run')
  @ApiOkResponse({ type: RunDto, description: 'A run that a worker is executing is cancelled within moments.' })
  @ApiProblems(409)
  async cancel(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<RunDto> {
    return RunDto.of(await this.steering.cancel(actor, id));
  }

  @Post('workflow-runs/:id/retry')
  @ApiOperation({
    operationId: 'retryWorkflowRun',
    summary: 'Retry a workflow run',
    description: 'Continues a failed or cancelled run at the steps that did not succeed.',
  })
  @HttpCode(202)
  @Allow('workflow:run')
  @ApiAcceptedResponse({ type: RunDto })
  @ApiProblems(409, 429)
  async retry(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<RunDto> {
    return RunDto.of(await this.steering.retry(actor, id));
  }

  @Post('workflow-runs/:id/steps/:nodeId/approve')
  @ApiNodeIdParam()
  @ApiOperation({
    operationId: 'approveWorkflowRunStep',
    summary: 'Approve a waiting step of a workflow run',
    description: 'The approvers named in the step may decide, or else everybody who may run the workflow.',
  })
  @HttpCode(200)
  @Allow('workflow:decide')
  @ApiOkResponse({ type: RunDto })
  @ApiProblems(409)
  async approve(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Param('nodeId') nodeId: string,
    @Body() { comment }: DecideStepDto,
  ): Promise<RunDto> {
    return RunDto.of(await this.approvals.decide(actor, id, nodeId, 'approved', comment ?? null));
  }

  @Post('workflow-runs/:id/steps/:nodeId/reject')
  @ApiNodeIdParam()
  @ApiOperation({
    operationId: 'rejectWorkflowRunStep',
    summary: 'Reject a waiting step of a workflow run',
    description: 'The approvers named in the step may decide, or else everybody who may run the workflow.',
  })
  @HttpCode(200)
  @Allow('workflow:decide')
  @ApiOkResponse({ type: RunDto })
  @ApiProblems(409)
  async reject(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Param('nodeId') nodeId: string,
    @Body() { comment }: DecideStepDto,
  ): Promise<RunDto> {
    return RunDto.of(await this.approvals.decide(actor, id, nodeId, 'rejected', comment ?? null));
  }
}
