import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { ETagged } from '../../../common/contracts/etag.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { ValidationDto, WorkflowDto } from '../workflow-responses.dto.js';
import { WorkflowLifecycleService } from './workflow-lifecycle.service.js';

@ApiTags('workflows')
@Controller('workflows/:id')
export class WorkflowLifecycleController {
  constructor(private readonly lifecycle: WorkflowLifecycleService) {}

  @Post('validate')
  @ApiOperation({
    operationId: 'validateWorkflow',
    summary: 'Validate a workflow',
    description: 'The response lists every problem. Nothing is changed.',
  })
  @HttpCode(200)
  @Allow('workflow:create')
  @ApiOkResponse({ type: ValidationDto })
  async validate(@IdParam() id: string): Promise<ValidationDto> {
    return ValidationDto.of(await this.lifecycle.validate(id));
  }

  @Post('activate')
  @ApiOperation({ operationId: 'activateWorkflow', summary: 'Activate a workflow' })
  @HttpCode(200)
  @Allow('workflow:activate')
  @ETagged()
  @ApiOkResponse({ type: WorkflowDto })
  @ApiProblems(409, 422)
  async activate(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.lifecycle.activate(actor, id));
  }

  @Post('pause')
  @ApiOperation({ operationId: 'pauseWorkflow', summary: 'Pause a workflow' })
  @HttpCode(200)
  @Allow('workflow:activate')
  @ETagged()
  @ApiOkResponse({ type: WorkflowDto })
  @ApiProblems(409)
  async pause(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.lifecycle.pause(actor, id));
  }

  @Post('archive')
  @ApiOperation({ operationId: 'archiveWorkflow', summary: 'Archive a workflow' })
  @HttpCode(200)
  @Allow('workflow:activate')
  @ETagged()
  @ApiOkResponse({ type: WorkflowDto })
  @ApiProblems(409)
  async archive(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.lifecycle.archive(actor, id));
  }
}
