import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { DbalOperations } from '../../common/operations/dbal-operations.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type Page, PageQuery, toPage, toSlice } from '../../common/contracts/page.js';
import { OperationDto, OperationOutcomeDto, RunOperationDto, RunOperationQuery } from './operations.dto.js';

@ApiTags('dbal')
@Controller('dbal/operations')
export class OperationsController {
  constructor(private readonly operations: DbalOperations) {}

  @Get()
  @ApiOperation({ operationId: 'listOperations', summary: 'List atomic operations' })
  @Allow('dbal:operations')
  @ApiPage(OperationDto)
  list(@Query() query: PageQuery): Page<OperationDto> {
    const { skip, take } = toSlice(query);
    const all = this.operations.list();
    return toPage(all.slice(skip, skip + take).map(OperationDto.of), all.length, query);
  }

  @Post(':name')
  @ApiParam({ name: 'name', description: 'The name of the operation.', example: 'offboard_user' })
  @ApiOperation({
    operationId: 'runOperation',
    summary: 'Run an atomic operation',
    description:
      'Runs in one transaction. The operation also requires a permission of its own; attempts without it are audited.',
  })
  @HttpCode(200)
  @Allow('dbal:operations')
  @ApiOkResponse({ type: OperationOutcomeDto })
  @ApiProblems(409, 422)
  async run(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Body() body: RunOperationDto,
    @Query() { dryRun }: RunOperationQuery,
  ): Promise<OperationOutcomeDto> {
    return OperationOutcomeDto.of(await this.operations.run(name, actor, body.input, { dryRun }));
  }
}
