import type { NewModule } from '../new-module.ts';
import { translates } from './dto.ts';

/** `<module>.module.ts` */
export function moduleFile({ names: { module, one, Model, Models } }: NewModule): string {
  return `import { Module } from '@nestjs/common';
import { ${Model}EntityWriter } from './${one}.entity-writer.js';
import { ${Models}Controller } from './${module}.controller.js';
import { ${Models}Repository } from './${module}.repository.js';
import { ${Models}Service } from './${module}.service.js';

@Module({
  controllers: [${Models}Controller],
  providers: [${Models}Service, ${Models}Repository, ${Model}EntityWriter],
  exports: [${Models}Service],
})
export class ${Models}Module {}
`;
}

/** `<module>.controller.ts` */
export function controller({ names: { module, items, Model, Models, noun }, fields, parent }: NewModule): string {
  const hasUnique = fields.some(({ isUnique }) => isUnique);
  const problems = (...statuses: (number | false)[]): string => {
    const given = statuses.filter((status) => status !== false);
    return given.length > 0 ? `@ApiProblems(${given.join(', ')})` : '';
  };
  const created = problems(hasUnique && 409, parent !== undefined && 422);
  const updated = problems(hasUnique && 409);
  const isTranslating = translates(fields);
  return `import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { type Page, toPage } from '../../common/contracts/page.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
${created || updated ? `import { ApiProblems } from '../../common/http/openapi/api-problems.js';\n` : ''}import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { Create${Model}Dto, ${Model}Dto, List${Models}Query, Update${Model}Dto } from './${module}.dto.js';
import { ${Models}Service } from './${module}.service.js';

@ApiTags('${module}')
@Controller('${module}')
export class ${Models}Controller {
  constructor(private readonly ${items}: ${Models}Service) {}

  @Get()
  @Allow('${noun}:read')
  @ApiPage(${Model}Dto)
  async list(@Query() query: List${Models}Query): Promise<Page<${Model}Dto>> {
    const { rows, total } = await this.${items}.list(query);
    return toPage(rows.map(${Model}Dto.of), total, query);
  }

  @Post()
  @Allow('${noun}:create')
  @ETagged()
  @ApiCreatedResponse({ type: ${Model}Dto })
  ${created}
  async create(@CurrentActor() actor: Actor, @Body() body: Create${Model}Dto): Promise<${Model}Dto> {
    return ${Model}Dto.of(await this.${items}.create(actor, ${isTranslating ? `Create${Model}Dto.toNew(body)` : 'body'}));
  }

  @Get(':id')
  @Allow('${noun}:read')
  @ETagged()
  @ApiOkResponse({ type: ${Model}Dto })
  async get(@IdParam() id: string): Promise<${Model}Dto> {
    return ${Model}Dto.of(await this.${items}.get(id));
  }

  @Patch(':id')
  @Allow('${noun}:update')
  @ETagged(${Models}Service)
  @ApiOkResponse({ type: ${Model}Dto })
  ${updated}
  async update(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() body: Update${Model}Dto,
    @IfMatch() ifMatch?: string,
  ): Promise<${Model}Dto> {
    return ${Model}Dto.of(await this.${items}.update(actor, id, ${isTranslating ? `Update${Model}Dto.toChanges(body)` : 'body'}, ifMatch));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('${noun}:delete')
  @ApiNoContentResponse()
  async remove(@CurrentActor() actor: Actor, @IdParam() id: string, @IfMatch() ifMatch?: string): Promise<void> {
    await this.${items}.remove(actor, id, ifMatch);
  }
}
`;
}

/** `<one>.entity-writer.ts` */
export function entityWriter({ names: { module, items, word, Model, Models }, fields }: NewModule): string {
  const isTranslating = translates(fields);
  return `import { EntityWriter, type WritesEntity } from '../../common/gateway/entity-writer.js';
import type { Actor } from '../../common/identity/actor.js';
import { Create${Model}Dto, Update${Model}Dto } from './${module}.dto.js';
import { ${Models}Service } from './${module}.service.js';

/** Writes every ${word} through the service, so that its rules also apply to writes by name. */
@EntityWriter('${Model}', { create: Create${Model}Dto, update: Update${Model}Dto })
export class ${Model}EntityWriter implements WritesEntity<Create${Model}Dto, Update${Model}Dto> {
  constructor(private readonly ${items}: ${Models}Service) {}

  async create(actor: Actor, data: Create${Model}Dto): Promise<string> {
    return (await this.${items}.create(actor, ${isTranslating ? `Create${Model}Dto.toNew(data)` : 'data'})).id;
  }

  update(actor: Actor, id: string, data: Update${Model}Dto, ifMatch?: string): Promise<unknown> {
    return this.${items}.update(actor, id, ${isTranslating ? `Update${Model}Dto.toChanges(data)` : 'data'}, ifMatch);
  }

  delete(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    return this.${items}.remove(actor, id, ifMatch);
  }
}
`;
}
