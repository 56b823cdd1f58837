import type { NewModule, Parent } from '../new-module.ts';

/** `<module>.service.ts` */
export function service({ names, fields, parent }: NewModule): string {
  const { module, item, items, noun, words, CONSTANT, Model, Models } = names;
  const conflicts = fields.filter(({ isUnique }) => isUnique).map(({ column }) => `\`${noun}.${column}_taken\``);
  const taken = conflicts.length > 0 ? `ConflictError ${conflicts.join(', ')}` : '';
  const orphan = parent ? `UnprocessableError \`${noun}.${parent.column.replace(/_id$/, '')}_missing\`` : '';
  const thrown = [taken, orphan].filter((text) => text !== '').join('; ');
  return `import { Injectable } from '@nestjs/common';
import { assertIfMatch, type VersionSource } from '../../common/contracts/etag.js';
import { parseSort, toSlice } from '../../common/contracts/page.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { ChangeLog, changesOf } from '../../common/events/change-log.js';
import type { Actor } from '../../common/identity/actor.js';
import { ${item}NotFound } from './${module}.errors.js';
import { changed } from './${module}.events.js';
import { ${Models}Repository } from './${module}.repository.js';
import { ${CONSTANT}_SORTS, type ${Model}, type ${Model}Changes, type ${Models}List, type New${Model} } from './${module}.types.js';

@Injectable()
export class ${Models}Service implements VersionSource {
  constructor(
    private readonly ${items}: ${Models}Repository,
    private readonly dbal: DbalService,
    private readonly changes: ChangeLog,
  ) {}

  /** One page, newest ${words} first. @throws InvalidInputError when the list cannot be sorted like this. */
  list(query: ${Models}List): Promise<{ rows: ${Model}[]; total: number }> {
    const orderBy = parseSort(query.sort, ${CONSTANT}_SORTS, '-createdAt');
    return this.${items}.findPage(${parent ? `{ ${parent.field}: query.${parent.field} }, ` : ''}{ ...toSlice(query), orderBy });
  }

  /** @throws NotFoundError \`${noun}.not_found\`. */
  async get(id: string): Promise<${Model}> {
    return required(await this.${items}.findById(id));
  }

  /** @throws NotFoundError \`${noun}.not_found\`. */
  currentVersion({ id }: { id: string }): Promise<${Model}> {
    return this.get(id);
  }

${thrown ? `  /** @throws ${thrown}. */\n` : ''}  create(actor: Actor, input: New${Model}): Promise<${Model}> {
    return this.dbal.transaction(async () => {
      const ${item} = await this.${items}.create(input);
      await this.changes.record(actor, '${noun}.created', changed(actor, ${item}));
      return ${item};
    });
  }

  /**
   * @param ifMatch the entity tag the caller knows, if any.
   * @throws StaleVersionError; NotFoundError \`${noun}.not_found\`${taken ? `; ${taken}` : ''}.
   */
  update(actor: Actor, id: string, changes: ${Model}Changes, ifMatch?: string): Promise<${Model}> {
    return this.dbal.transaction(async () => {
      const ${item} = required(await this.${items}.findForUpdate(id));
      assertIfMatch(ifMatch, ${item});
      const fields = (Object.keys(changes) as (keyof ${Model}Changes)[])
        .filter((field) => changes[field] !== undefined)
        .sort();
      if (fields.length === 0) return ${item};
      const updated = required(await this.${items}.update(id, changes));
      await this.changes.record(actor, '${noun}.updated', changed(actor, updated), changesOf(${item}, updated, fields));
      return updated;
    });
  }

  /** @throws StaleVersionError; NotFoundError \`${noun}.not_found\`. */
  async remove(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    await this.dbal.transaction(async () => {
      const ${item} = required(await this.${items}.findForUpdate(id));
      assertIfMatch(ifMatch, ${item});
      await this.${items}.delete(id);
      await this.changes.record(actor, '${noun}.deleted', changed(actor, ${item}));
    });
  }
}

function required(${item}: ${Model} | null): ${Model} {
  if (!${item}) throw ${item}NotFound();
  return ${item};
}
`;
}

/** `<module>.repository.ts` */
export function repository({ names, fields, parent }: NewModule): string {
  const { module, table, item, Model, Models } = names;
  const uniques = fields.filter(({ isUnique }) => isUnique);
  const own = [...(parent ? [parent.field] : []), ...fields.map(({ name }) => name)];
  const columns = ['id', ...own, 'version', 'createdAt', 'updatedAt'];
  const refusals = [
    ...uniques.map(({ column, Name }) => `  ${table}_tenant_id_${column}_key: ${item}${Name}Taken,`),
    ...(parent ? [`  ${foreignKeyOf(table, parent)}: ${item}${parent.Model}Missing,`] : []),
  ];
  const fromErrors = [
    ...uniques.map(({ Name }) => `${item}${Name}Taken`),
    ...(parent ? [`${item}${parent.Model}Missing`] : []),
  ];
  const plain = refusals.length === 0;
  const update = `
      const [row] = await this.prisma.${item}.updateManyAndReturn({
        where: { id },
        data: { ...changes, version: { increment: 1 } },
        select: COLUMNS,
      });
      return row ?? null;
    `;
  return `import { Injectable } from '@nestjs/common';
import { paginate } from '../../common/dbal/paginate.js';
${plain ? '' : `import { constraintErrors } from '../../common/prisma/constraint-errors.js';\n`}import { PrismaService } from '../../common/prisma/prisma.service.js';
import type { Prisma } from '../../generated/prisma/client.js';
${plain ? '' : `import { ${fromErrors.join(', ')} } from './${module}.errors.js';\n`}import type { ${Model}, ${Model}Changes, ${Model}Order, New${Model} } from './${module}.types.js';

const COLUMNS = { ${columns.map((name) => `${name}: true`).join(', ')} } satisfies Prisma.${Model}Select;
${plain ? '' : `\nconst refusing = constraintErrors({\n${refusals.join('\n')}\n});\n`}
@Injectable()
export class ${Models}Repository {
  constructor(private readonly prisma: PrismaService) {}

  findPage(${parent ? `where: { ${parent.field}?: string }, ` : ''}window: { skip: number; take: number; orderBy: ${Model}Order }): Promise<{ rows: ${Model}[]; total: number }> {
    return paginate(
      window,
      () => this.prisma.${item}.findMany({ ${parent ? 'where, ' : ''}select: COLUMNS, ...window }),
      () => this.prisma.${item}.count(${parent ? '{ where }' : ''}),
    );
  }

  findById(id: string): Promise<${Model} | null> {
    return this.prisma.${item}.findFirst({ where: { id }, select: COLUMNS });
  }

  /** Locks the row until the current transaction ends. */
  async findForUpdate(id: string): Promise<${Model} | null> {
    await this.prisma.$executeRaw\`SELECT 1 FROM ${table} WHERE id = \${id}::uuid FOR UPDATE\`;
    return this.findById(id);
  }

  create(data: New${Model}): Promise<${Model}> {
    return ${plain ? `this.prisma.${item}.create({ data, select: COLUMNS })` : `refusing(() => this.prisma.${item}.create({ data, select: COLUMNS }))`};
  }

  /** Null when it is not there. */
  ${plain ? 'async ' : ''}update(id: string, changes: ${Model}Changes): Promise<${Model} | null> {
    ${plain ? update : `return refusing(async () => {${update}});`}
  }

  async delete(id: string): Promise<boolean> {
    return (await this.prisma.${item}.deleteMany({ where: { id } })).count > 0;
  }
}
`;
}

/** Follows Prisma's naming: a name longer than 63 characters is cut before the suffix. */
function foreignKeyOf(table: string, { column }: Parent): string {
  return `${`${table}_tenant_id_${column}`.slice(0, 58)}_fkey`;
}
