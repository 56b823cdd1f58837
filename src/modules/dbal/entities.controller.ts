import { applyDecorators, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { EntityGateway } from '../../common/gateway/entity-gateway.js';
import type { EntityRow } from '../../common/gateway/entity-model.js';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type Page, PageMeta, toPage } from '../../common/contracts/page.js';
import { ListEntitiesQuery } from './entities.dto.js';
import { EntityData } from './entity-data.js';

const ROW = { type: 'object' as const, additionalProperties: true, description: 'The columns that the entity shows.' };

const DATA = { type: 'object' as const, additionalProperties: true, description: 'The columns to write.' };
const NEW_USER = { email: 'ada@example.com', username: 'ada', role: 'member' };

const ApiRows = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(PageMeta),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['data', 'meta'],
        properties: { data: { type: 'array', items: ROW }, meta: { $ref: getSchemaPath(PageMeta) } },
      },
    }),
  );

const ApiKeyParam = (): MethodDecorator =>
  ApiParam({ name: 'key', description: "The value of the entity's primary key." });

/** Every entity requires its own permission for each of reading, creating, updating and deleting. */
@ApiTags('dbal')
@ApiParam({ name: 'entity', description: 'The name of the entity.', example: 'User' })
@ApiProblems(404)
@Controller('dbal/entities/:entity')
export class EntitiesController {
  constructor(private readonly entities: EntityGateway) {}

  @Get()
  @ApiOperation({ summary: 'List the rows of an entity' })
  @Allow('dbal:entities')
  @ApiRows()
  async list(
    @CurrentActor() actor: Actor,
    @Param('entity') entity: string,
    @Query() query: ListEntitiesQuery,
  ): Promise<Page<EntityRow>> {
    const { rows, total } = await this.entities.list(actor, entity, ListEntitiesQuery.toList(query));
    return toPage(rows, total, query);
  }

  @Post()
  @ApiOperation({ summary: 'Create a row of an entity' })
  @Allow('dbal:entities')
  @ETagged()
  @ApiBody({ schema: DATA, examples: { user: { value: NEW_USER } } })
  @ApiCreatedResponse({ schema: ROW })
  @ApiProblems(409, 422)
  create(
    @CurrentActor() actor: Actor,
    @Param('entity') entity: string,
    @EntityData() data: object,
  ): Promise<EntityRow> {
    return this.entities.create(actor, entity, data);
  }

  @Get(':key')
  @ApiKeyParam()
  @ApiOperation({ summary: 'Get a row of an entity' })
  @Allow('dbal:entities')
  @ETagged()
  @ApiOkResponse({ schema: ROW })
  get(@CurrentActor() actor: Actor, @Param('entity') entity: string, @Param('key') key: string): Promise<EntityRow> {
    return this.entities.read(actor, entity, key);
  }

  @Patch(':key')
  @ApiKeyParam()
  @ApiOperation({ summary: 'Update a row of an entity' })
  @Allow('dbal:entities')
  @ETagged()
  @ApiBody({ schema: DATA, examples: { user: { value: { firstName: 'Ada' } } } })
  @ApiOkResponse({ schema: ROW })
  @ApiProblems(409, 422)
  update(
    @CurrentActor() actor: Actor,
    @Param('entity') entity: string,
    @Param('key') key: string,
    @EntityData() data: object,
    @IfMatch() ifMatch?: string,
  ): Promise<EntityRow> {
    return this.entities.update(actor, entity, key, data, ifMatch);
  }

  @Delete(':key')
  @ApiKeyParam()
  @ApiOperation({ summary: 'Delete a row of an entity' })
  @HttpCode(204)
  @Allow('dbal:entities')
  @ApiNoContentResponse()
  @ApiProblems(409)
  delete(
    @CurrentActor() actor: Actor,
    @Param('entity') entity: string,
    @Param('key') key: string,
    @IfMatch() ifMatch?: string,
  ): Promise<void> {
    return this.entities.delete(actor, entity, key, ifMatch);
  }
}
