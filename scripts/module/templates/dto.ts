import { isTranslated } from '../field-types.ts';
import type { Field } from '../fields.ts';
import type { NewModule, Parent } from '../new-module.ts';

/** Returns whether a request body has fields in another form than the service expects. */
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
${parent ? `  @UuidField({ optional: true }) ${parent.field}?: string;\n` : ''}
  @SortParameter(${CONSTANT}_SORTS)
  sort?: string;
}

export class Create${Model}Dto {
${parent ? `  @UuidField({ description: '${ownerText(parent)}' }) ${parent.field}!: string;\n\n` : ''}${fields.map(inCreate).join('\n\n')}
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
    const options = `${isNullable ? 'nullable: true, ' : ''}description: '${descriptionOf(field)}'`;
    return `  @${type.answerField ?? type.field.name}({ ${options} }) ${name}!: ${type.inJson}${isNullable ? ' | null' : ''};`;
  });
  const mapped = fields.map(({ name, type, isNullable }) => {
    const value = `${item}.${name}`;
    return `      ${name}: ${isTranslated(type) ? (isNullable ? `${value}?.toISOString() ?? null` : `${value}.toISOString()`) : value},`;
  });
  return `export class ${Model}Dto {
  @UuidField() id!: string;
${parent ? `  @UuidField({ description: '${ownerText(parent)}' }) ${parent.field}!: string;\n` : ''}${declared.join('\n')}
  @IntegerField() version!: number;
  @TimestampField() createdAt!: string;
  @TimestampField() updatedAt!: string;

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

function imports({ names: { module, CONSTANT, Model }, fields }: NewModule): string {
  const isTranslating = translates(fields);
  const used = fields.flatMap(({ type }) => [type.field.name, type.answerField ?? type.field.name]);
  const decorators = [...new Set(['IntegerField', 'TimestampField', 'UuidField', ...used])].sort();
  const ofTypes = [
    `${CONSTANT}_SORTS`,
    `type ${Model}`,
    ...(isTranslating ? [`type ${Model}Changes`, `type New${Model}`] : []),
  ];
  return `import { ${decorators.join(', ')} } from '../../common/contracts/fields.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
${isTranslating ? "import { parseTimestamp } from '../../common/values/timestamps.js';\n" : ''}import { ${ofTypes.join(', ')} } from './${module}.types.js';`;
}

function inCreate(field: Field): string {
  return property(field, field.isNullable);
}

function inUpdate(field: Field): string {
  return property(field, true);
}

function property(field: Field, isOptional: boolean): string {
  const { name, type, isNullable } = field;
  const options = [
    ...(type.field.limits ? [type.field.limits] : []),
    ...(isOptional ? ['optional: true'] : []),
    ...(isNullable ? ['nullable: true'] : []),
    `example: ${type.example}`,
    `description: '${descriptionOf(field)}'`,
  ];
  return `  @${type.field.name}({ ${options.join(', ')} })
  ${name}${isOptional ? '?' : '!'}: ${type.inJson}${isNullable ? ' | null' : ''};`;
}

/** A preliminary text, to be improved by somebody who knows the meaning of the field. */
function descriptionOf({ words, type, isUnique }: Field): string {
  const plain = {
    boolean: /^(is|has|can) /.test(words) ? `Whether it ${words}.` : `Whether: ${words}.`,
    Date: `The time: ${words}.`,
  };
  const text = plain[type.inside as keyof typeof plain] ?? `The ${words}.`;
  return isUnique ? `${text} Unique in the tenant.` : text;
}

function ownerText({ column }: Parent): string {
  return `The id of the ${column.replace(/_id$/, '').replaceAll('_', ' ')} that it belongs to.`;
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
