import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../../common/auth/auth.decorators.js';
import { IdParam } from '../../../../common/http/id-param.js';
import { ApiCursorPage, ApiPage } from '../../../../common/http/openapi/api-page.js';
import { type CursorPage, type Page, PageQuery, toCursorPage, toPage } from '../../../../common/http/page.js';
import { RunStepDto, RunSummaryDto, RunWithStepsDto } from '../runs.dto.js';
import { ListAllRunsQuery, ListRunsQuery } from './run-views.dto.js';
import { RunViewsService } from './run-views.service.js';

@ApiTags('workflow runs')
@Controller()
export class RunViewsController {
  constructor(private readonly views: RunViewsService) {}

  @Get('workflow-runs')
  @Allow('workflow:read')
  @ApiCursorPage(RunSummaryDto)
  async listAll(@Query() query: ListAllRunsQuery): Promise<CursorPage<RunSummaryDto>> {
    return toCursorPage(await this.views.list(ListAllRunsQuery.toFilter(query), query), query, RunSummaryDto.of);
  }

  @Get('workflows/:id/runs')
  @Allow('workflow:read')
  @ApiCursorPage(RunSummaryDto)
  async list(@IdParam() id: string, @Query() query: ListRunsQuery): Promise<CursorPage<RunSummaryDto>> {
    return toCursorPage(await this.views.listOf(id, ListRunsQuery.toFilter(query), query), query, RunSummaryDto.of);
  }

  /** Values up to 16 KiB each and 1 MiB together; the others by their own routes. */
  @Get('workflow-runs/:id')
  @Allow('workflow:read')
  @ApiOkResponse({ type: RunWithStepsDto })
  async get(@IdParam() id: string): Promise<RunWithStepsDto> {
    return RunWithStepsDto.ofBoth(await this.views.get(id));
  }

  /** In the order in which they began; those that were skipped come last. */
  @Get('workflow-runs/:id/steps')
  @Allow('workflow:read')
  @ApiPage(RunStepDto)
  async steps(@IdParam() id: string, @Query() query: PageQuery): Promise<Page<RunStepDto>> {
    const { rows, total } = await this.views.steps(id, query);
    return toPage(rows.map(RunStepDto.of), total, query);
  }
}
