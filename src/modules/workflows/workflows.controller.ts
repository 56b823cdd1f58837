import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { SecretsShownOnce } from '../../common/http/idempotency/idempotency.decorators.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../common/contracts/page.js';
import { ApiNewWorkflowBody, NewWorkflowBody } from './new-workflow-body.js';
import { CreatedWorkflowDto, WorkflowDto, ListedWorkflowDto } from './workflow-responses.dto.js';
import { CreateWorkflowDto, ListWorkflowsQuery, UpdateWorkflowDto } from './workflows.dto.js';
import { WorkflowsService } from './workflows.service.js';

@ApiTags('workflows')
@Controller('workflows')
export class WorkflowsController {
  constructor(private readonly workflows: WorkflowsService) {}

  @Get()
  @Allow('workflow:read')
  @ApiPage(ListedWorkflowDto)
  async list(@Query() query: ListWorkflowsQuery): Promise<Page<ListedWorkflowDto>> {
    const { rows, total } = await this.workflows.list(query);
    return toPage(rows.map(ListedWorkflowDto.of), total, query);
  }

  @Post()
  @ApiOperation({ description: 'Definitions of some other workflow systems are accepted and converted.' })
  @Allow('workflow:create')
  @ETagged()
  @SecretsShownOnce('hookToken', 'hookUrl')
  @ApiNewWorkflowBody()
  @ApiCreatedResponse({ type: CreatedWorkflowDto })
  @ApiProblems(409, 422)
  async create(@CurrentActor() actor: Actor, @NewWorkflowBody() body: CreateWorkflowDto): Promise<CreatedWorkflowDto> {
    return CreatedWorkflowDto.ofCreated(await this.workflows.create(actor, CreateWorkflowDto.toNewWorkflow(body)));
  }

  @Get(':id')
  @Allow('workflow:read')
  @ETagged()
  @ApiOkResponse({ type: WorkflowDto })
  async get(@IdParam() id: string): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.workflows.get(id));
  }

  @Patch(':id')
  @Allow('workflow:update')
  @ETagged(WorkflowsService)
  @ApiOkResponse({ type: WorkflowDto })
  @ApiProblems(409, 422)
  async update(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() body: UpdateWorkflowDto,
    @IfMatch() ifMatch?: string,
  ): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.workflows.update(actor, id, UpdateWorkflowDto.toChanges(body), ifMatch));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('workflow:delete')
  @ApiNoContentResponse()
  @ApiProblems(409)
  async remove(@CurrentActor() actor: Actor, @IdParam() id: string, @IfMatch() ifMatch?: string): Promise<void> {
    await this.workflows.remove(actor, id, ifMatch);
  }
}
