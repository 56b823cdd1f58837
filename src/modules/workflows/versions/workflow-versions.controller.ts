import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { ETagged } from '../../../common/contracts/etag.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ApiPage } from '../../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { type Page, PageQuery, toPage } from '../../../common/contracts/page.js';
import { WorkflowDto } from '../workflow-responses.dto.js';
import { VersionParam } from '../../../common/contracts/version-param.js';
import { DefinitionDiffDto, WorkflowVersionDto, WorkflowVersionSummaryDto } from './workflow-versions.dto.js';
import { WorkflowVersionsService } from './workflow-versions.service.js';

@ApiTags('workflows')
@Controller('workflows/:id/versions')
export class WorkflowVersionsController {
  constructor(private readonly versions: WorkflowVersionsService) {}

  @Get()
  @ApiOperation({ summary: 'List the versions of a workflow' })
  @Allow('workflow:read')
  @ApiPage(WorkflowVersionSummaryDto)
  async list(@IdParam() id: string, @Query() query: PageQuery): Promise<Page<WorkflowVersionSummaryDto>> {
    const { rows, total } = await this.versions.list(id, query);
    return toPage(rows.map(WorkflowVersionSummaryDto.of), total, query);
  }

  @Get(':number')
  @ApiOperation({ summary: 'Get a version of a workflow' })
  @Allow('workflow:read')
  @ApiOkResponse({ type: WorkflowVersionDto })
  async get(@IdParam() id: string, @VersionParam('number') number: number): Promise<WorkflowVersionDto> {
    return WorkflowVersionDto.of(await this.versions.get(id, number));
  }

  @Get(':from/diff/:to')
  @ApiOperation({ operationId: 'compareWorkflowVersions', summary: 'Compare two versions of a workflow' })
  @Allow('workflow:read')
  @ApiOkResponse({ type: DefinitionDiffDto })
  async diff(
    @IdParam() id: string,
    @VersionParam('from') from: number,
    @VersionParam('to') to: number,
  ): Promise<DefinitionDiffDto> {
    return DefinitionDiffDto.of(await this.versions.diff(id, from, to));
  }

  @Post(':number/restore')
  @ApiOperation({
    summary: 'Restore a version of a workflow',
    description: 'Its definition becomes the newest version.',
  })
  @HttpCode(200)
  @Allow('workflow:update')
  @ETagged()
  @ApiOkResponse({ type: WorkflowDto })
  @ApiProblems(422)
  async restore(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @VersionParam('number') number: number,
  ): Promise<WorkflowDto> {
    return WorkflowDto.of(await this.versions.restore(actor, id, number));
  }
}
