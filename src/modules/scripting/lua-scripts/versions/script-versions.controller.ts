import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../../common/contracts/id-param.js';
import { ApiPage } from '../../../../common/http/openapi/api-page.js';
import { type Page, PageQuery, toPage } from '../../../../common/contracts/page.js';
import { VersionParam } from '../../../../common/contracts/version-param.js';
import { ScriptVersionDto, ScriptVersionSummaryDto } from './script-versions.dto.js';
import { ScriptVersionsService } from './script-versions.service.js';

@ApiTags('lua-scripts')
@Controller('lua-scripts/:id/versions')
export class ScriptVersionsController {
  constructor(private readonly versions: ScriptVersionsService) {}

  @Get()
  @Allow('lua_script:read')
  @ApiPage(ScriptVersionSummaryDto)
  async list(@IdParam() id: string, @Query() query: PageQuery): Promise<Page<ScriptVersionSummaryDto>> {
    const { rows, total } = await this.versions.list(id, query);
    return toPage(rows.map(ScriptVersionSummaryDto.of), total, query);
  }

  @Get(':number')
  @Allow('lua_script:read')
  @ApiOkResponse({ type: ScriptVersionDto })
  async get(@IdParam() id: string, @VersionParam('number') number: number): Promise<ScriptVersionDto> {
    return ScriptVersionDto.of(await this.versions.get(id, number));
  }
}
