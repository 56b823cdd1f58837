import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiCursorPage, ApiPage } from '../../../common/http/openapi/api-page.js';
import { type CursorPage, type Page, PageQuery, toCursorPage, toPage } from '../../../common/contracts/page.js';
import { RunStepDto, RunSummaryDto, RunWithStepsDto } from '../runs.dto.js';
import { ListAllRunsQuery, ListRunsQuery } from './run-views.dto.js';
import { RunViewsService } from './run-views.service.js';

@ApiTags('workflow runs')
@Controller()
export class RunViewsController {
  constructor(private readonly views: RunViewsService) {}

  @Get('workflow-runs')
  @ApiOperation({ operationId: 'listWorkflowRuns', summary: 'List workflow runs' })
  @Allow('workflow:read')
  @ApiCursorPage(RunSummaryDto)
  async listAll(@Query() query: ListAllRunsQuery): Promise<CursorPage<RunSummaryDto>> {
    return toCursorPage(await this.views.list(ListAllRunsQuery.toFilter(query), query), query, RunSummaryDto.of);
  }

  @Get('workflows/:id/runs')
  @ApiOperation({ operationId: 'listRunsOfWorkflow', summary: 'List the runs of a workflow' })
  @Allow('workflow:read')
  @ApiCursorPage(RunSummaryDto)
  async list(@IdParam() id: string, @Query() query: ListRunsQuery): Promise<CursorPage<RunSummaryDto>> {
    return toCursorPage(await this.views.listOf(id, ListRunsQuery.toFilter(query), query), query, RunSummaryDto.of);
  }

  @Get('workflow-runs/:id')
  @ApiOperation({
    operationId: 'getWorkflowRun',
    summary: 'Get a workflow run with its steps',
    description: 'Values are included up to 16 KiB each and 1 MiB in total; larger ones have routes of their own.',
  })
  @Allow('workflow:read')
  @ApiOkResponse({ type: RunWithStepsDto })
  async get(@IdParam() id: string): Promise<RunWithStepsDto> {
    return RunWithStepsDto.ofBoth(await this.views.get(id));
  }

  @Get('workflow-runs/:id/steps')
  @ApiOperation({
    operationId: 'listWorkflowRunSteps',
    summary: 'List the steps of a workflow run',
    description: 'Steps are listed in the order in which they began. Skipped steps come last.',
  })
  @Allow('workflow:read')
  @ApiPage(RunStepDto)
  async steps(@IdParam() id: string, @Query() query: PageQuery): Promise<Page<RunStepDto>> {
    const { rows, total } = await this.views.steps(id, query);
    return toPage(rows.map(RunStepDto.of), total, query);
  }
}
