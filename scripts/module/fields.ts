import { OperatorError } from '../db/connect.ts';
import { FIELD_TYPES, type FieldType, type FieldTypeName } from './field-types.ts';
import { MAX_NAME_LENGTH, pascal, wordsOfCamel } from './names.ts';

/** A field of the new module, as given by `--field name:text:unique`. */
export interface Field {
  /** `firstName` */
  name: string;
  /** `FirstName`, in names of functions. */
  Name: string;
  /** `first_name` */
  column: string;
  /** `first name`, for people. */
  words: string;
  type: FieldType;
  isNullable: boolean;
  isUnique: boolean;
}

export const FIELD_USAGE = `<name>:<type>[?][:unique], where the type is one of ${Object.keys(FIELD_TYPES).join(', ')}, and "?" allows null`;

const SHAPE = /^([a-zA-Z0-9]+):([a-z-]+)(\?)?(:unique)?$/;

/** Names that every module defines, names with another meaning in Prisma, requests or objects, and the tenant. */
const RESERVED = new Set(
  'id tenantId tenant version createdAt updatedAt sort page limit cursor omitted then'.split(' '),
);

/** Names that the rules for entities reject as possible secrets. */
const SOUNDS_SECRET = /hash|secret|token|password|cipher|private/i;

/** @throws OperatorError for an invalid description, and for names that are taken. */
export function fieldsOf(descriptions: readonly string[]): Field[] {
  const fields = descriptions.map(fieldOf);
  const twice = fields.find(({ column }, index) => fields.findIndex((other) => other.column === column) !== index);
  if (twice) throw new OperatorError(`The field ${twice.name} is described twice.`);
  return fields;
}

function fieldOf(description: string): Field {
  const [, name = '', typeName = '', nullable, unique] = SHAPE.exec(description) ?? [];
  const type = Object.hasOwn(FIELD_TYPES, typeName) ? FIELD_TYPES[typeName as FieldTypeName] : undefined;
  if (!type) throw new OperatorError(`"${description}" does not describe a field. It is ${FIELD_USAGE}.`);
  if (!/^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$/.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new OperatorError(
      `"${name}" is not a valid field name: use camelCase, at most ${MAX_NAME_LENGTH} characters, such as firstName.`,
    );
  }
  if (RESERVED.has(name) || name in Object.prototype) throw new OperatorError(`The name "${name}" is reserved.`);
  if (SOUNDS_SECRET.test(name)) {
    throw new OperatorError(
      `"${name}" looks like a secret, which must not be listed or stored in plain text. Add it by hand.`,
    );
  }
  if (unique && !type.canBeUnique) throw new OperatorError(`A field of type ${typeName} cannot be unique.`);
  const words = wordsOfCamel(name);
  return {
    name,
    Name: pascal(words),
    column: words.join('_'),
    words: words.join(' '),
    type,
    isNullable: nullable !== undefined,
    isUnique: unique !== undefined,
  };
}
