import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { ApiCursorPage } from '../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type CursorPage, toCursorPage } from '../../common/contracts/page.js';
import { EXPORT_FORMATS, exportAs, type ExportFormat } from './audit-export.js';
import { AuditEntryDto, AuditLogQuery, ListedAuditEntryDto } from './audit-log.dto.js';
import { AuditLogService } from './audit-log.service.js';
import type { AuditFilter } from '../../common/audit/audit.types.js';

@ApiTags('audit')
@Controller('audit-log')
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  @Get()
  @ApiOperation({
    operationId: 'listAuditEntries',
    summary: 'List audit entries',
    description: 'The newest entries come first. `format` exports them as NDJSON or CSV.',
  })
  @Allow('audit:read')
  @ApiCursorPage(ListedAuditEntryDto)
  @ApiProduces('application/json', 'application/x-ndjson', 'text/csv')
  @ApiProblems(422)
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: AuditLogQuery,
  ): Promise<CursorPage<ListedAuditEntryDto> | StreamableFile> {
    const filter = AuditLogQuery.toFilter(query);
    if (query.format !== 'json') return this.#export(actor, { format: query.format, bom: query.bom }, filter);
    return toCursorPage(await this.log.list(filter, query), query, ListedAuditEntryDto.ofListed);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getAuditEntry',
    summary: 'Get an audit entry',
    description: 'The details are complete, however large they are.',
  })
  @Allow('audit:read')
  @ApiOkResponse({ type: AuditEntryDto })
  async get(@IdParam('id', 'The id of an audit entry.') id: string): Promise<AuditEntryDto> {
    return AuditEntryDto.of(await this.log.get(id));
  }

  async #export(
    actor: Actor,
    { format, bom }: { format: ExportFormat; bom: boolean },
    filter: AuditFilter,
  ): Promise<StreamableFile> {
    const pages = await this.log.export(actor, filter, format);
    return new StreamableFile(Readable.from(exportAs(format, pages, { bom })), {
      type: EXPORT_FORMATS[format],
      disposition: `attachment; filename="audit-log.${format}"`,
    });
  }
}
