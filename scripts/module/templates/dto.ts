import { isTranslated } from '../field-types.ts';
import type { Field } from '../fields.ts';
import type { NewModule, Parent } from '../new-module.ts';

/** Whether bodies hold something in another form than the service takes it. */
export function translates(fields: readonly Field[]): boolean {
  return fields.some(({ type }) => isTranslated(type));
}

/** `<module>.dto.ts` */
export function dto(made: NewModule): string {
  const { names, fields, parent } = made;
  const { CONSTANT, Model, Models } = names;
  const isTranslating = translates(fields);
  return `${imports(made)}

export class List${Models}Query extends PageQuery {
${parent ? `@ApiPropertyOptional({ format: 'uuid' })\n@IsOptional()\n@IsUUID()\n${parent.field}?: string;\n` : ''}
  @SortParameter(${CONSTANT}_SORTS)
  sort?: string;
}

export class Create${Model}Dto {
${parent ? `  @ApiProperty({ format: 'uuid', description: '${ownerText(parent)}' })\n  @IsUUID()\n  ${parent.field}!: string;\n\n` : ''}${fields.map(inCreate).join('\n\n')}
${
  isTranslating
    ? `\n  static toNew({ ${translatedNames(fields)}, ...rest }: Create${Model}Dto): New${Model} {\n    return { ...rest, ${fields
        .filter(({ type }) => isTranslated(type))
        .map((field) => translation(field, !field.isNullable))
        .join(', ')} };\n  }\n`
    : ''
}}

export class Update${Model}Dto {
${fields.map(inUpdate).join('\n\n')}
${
  isTranslating
    ? `\n  static toChanges({ ${translatedNames(fields)}, ...rest }: Update${Model}Dto): ${Model}Changes {\n    return { ...rest, ${fields
        .filter(({ type }) => isTranslated(type))
        .map((field) => translation(field, false))
        .join(', ')} };\n  }\n`
    : ''
}}

${response(made)}`;
}

function response({ names: { item, Model }, fields, parent }: NewModule): string {
  const declared = fields.map((field) => {
    const { name, type, isNullable } = field;
    const shape = `${typeOnly(type.openapi)}${isNullable ? ', nullable: true' : ''}, description: '${descriptionOf(field)}'`;
    return `  @ApiProperty({ ${shape} }) ${name}!: ${type.inJson}${isNullable ? ' | null' : ''};`;
  });
  const mapped = fields.map(({ name, type, isNullable }) => {
    const value = `${item}.${name}`;
    return `      ${name}: ${isTranslated(type) ? (isNullable ? `${value}?.toISOString() ?? null` : `${value}.toISOString()`) : value},`;
  });
  return `export class ${Model}Dto {
  @ApiProperty({ format: 'uuid' }) id!: string;
${parent ? `  @ApiProperty({ format: 'uuid', description: '${ownerText(parent)}' }) ${parent.field}!: string;\n` : ''}${declared.join('\n')}
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;

  static of(${item}: ${Model}): ${Model}Dto {
    return {
      id: ${item}.id,
${parent ? `      ${parent.field}: ${item}.${parent.field},\n` : ''}${mapped.join('\n')}
      version: ${item}.version,
      createdAt: ${item}.createdAt.toISOString(),
      updatedAt: ${item}.updatedAt.toISOString(),
    };
  }
}
`;
}

function imports({ names: { module, CONSTANT, Model }, fields, parent }: NewModule): string {
  const from = (source: string): string[] =>
    fields.filter(({ type }) => type.imports.from === source).flatMap(({ type }) => type.imports.names);
  const isTranslating = translates(fields);
  const isOptional = fields.some(({ isNullable }) => isNullable) || parent !== undefined;
  const foreign = [...from('class-validator'), ...(isOptional ? ['IsOptional'] : []), ...(parent ? ['IsUUID'] : [])];
  const hasRequired = fields.some(({ isNullable }) => !isNullable);
  const own = [...from('input-rules'), ...(hasRequired ? ['MayBeAbsent'] : [])];
  const named = (names: string[], source: string): string =>
    names.length === 0 ? '' : `import { ${[...new Set(names)].sort().join(', ')} } from '${source}';\n`;
  const ofTypes = [
    `${CONSTANT}_SORTS`,
    `type ${Model}`,
    ...(isTranslating ? [`type ${Model}Changes`, `type New${Model}`] : []),
  ];
  return `import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
${named(foreign, 'class-validator')}${named(own, '../../common/contracts/input-rules.js')}import { PageQuery, SortParameter } from '../../common/contracts/page.js';
${isTranslating ? "import { parseTimestamp } from '../../common/values/timestamps.js';\n" : ''}import { ${ofTypes.join(', ')} } from './${module}.types.js';`;
}

function inCreate(field: Field): string {
  return property(field, field.isNullable ? '@IsOptional()' : '', field.isNullable);
}

function inUpdate(field: Field): string {
  return property(field, field.isNullable ? '@IsOptional()' : '@MayBeAbsent()', true);
}

function property(field: Field, absence: string, isOptional: boolean): string {
  const { name, type, isNullable } = field;
  const shape = [
    type.openapi,
    ...(isNullable ? ['nullable: true'] : []),
    `example: ${type.example}`,
    `description: '${descriptionOf(field)}'`,
  ];
  return [
    `  @ApiProperty${isOptional ? 'Optional' : ''}({ ${shape.join(', ')} })`,
    ...(absence ? [`  ${absence}`] : []),
    ...type.rules.map((rule) => `  ${rule}`),
    `  ${name}${isOptional ? '?' : '!'}: ${type.inJson}${isNullable ? ' | null' : ''};`,
  ].join('\n');
}

/** A first text, for whoever knows what the field means to improve. */
function descriptionOf({ words, type, isUnique }: Field): string {
  const plain = {
    boolean: /^(is|has|can) /.test(words) ? `Whether it ${words}.` : `Whether: ${words}.`,
    Date: `The time: ${words}.`,
  };
  const text = plain[type.inside as keyof typeof plain] ?? `The ${words}.`;
  return isUnique ? `${text} No two in the tenant have the same.` : text;
}

function ownerText({ column }: Parent): string {
  return `The id of the ${column.replace(/_id$/, '').replaceAll('_', ' ')} it belongs to.`;
}

/** Answers tell types and formats; bounds are for what is sent. */
function typeOnly(openapi: string): string {
  return openapi
    .split(', ')
    .filter((part) => /^(type|format):/.test(part))
    .join(', ');
}

function translatedNames(fields: readonly Field[]): string {
  return fields
    .filter(({ type }) => isTranslated(type))
    .map(({ name }) => name)
    .join(', ');
}

function translation({ name, isNullable }: Field, isRequired: boolean): string {
  const parsed = `parseTimestamp(${name})`;
  if (isNullable) return `${name}: ${name} === null ? null : ${parsed}`;
  return `${name}: ${parsed}${isRequired ? '!' : ''}`;
}
