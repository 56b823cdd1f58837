import { InvalidInputError } from '../errors/app-error.js';
import { assertStorable } from '../json/storable.js';
import { escapeLike } from '../prisma/text-search.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { emailSpellings } from '../values/email-address.js';
import { hasLength } from '../values/text-length.js';
import { parseTimestamp, TIMESTAMP_RULE } from '../values/timestamps.js';
import type { EntityField, EntityModel, FieldType } from './entity-model.js';
import type { Entity } from './entity-rule-book.js';

/**
 * Compares columns: `{ "gte": "2026-01-01T00:00:00Z", "lt": … }`. A bare value means `eq`. All conditions must hold.
 */
export type EntityFilter = Record<string, unknown>;

/** A filter for Prisma; its keys are readable columns. */
export type EntityWhere = Record<string, unknown>;
export type EntityOrder = Record<string, 'asc' | 'desc'>[];

const MAX_CONDITIONS = 20;
const MAX_LIST = 100;
const MAX_SORTS = 5;
const MAX_TEXT = 1000;

const ORDERED: FieldType[] = ['text', 'uuid', 'int', 'bigint', 'float', 'timestamp'];
const COMPARABLE: FieldType[] = [...ORDERED, 'bool'];

interface Operator {
  readonly types: readonly FieldType[];
  toPrisma(
    operand: unknown,
    read: (value: unknown) => unknown,
    refuse: (detail: string) => Error,
    field: EntityField,
  ): unknown;
}

const compare = (name: string): Operator => ({
  types: ORDERED,
  toPrisma: (operand, read) => ({ [name]: read(operand) }),
});

const OPERATORS: Record<string, Operator> = {
  eq: {
    types: COMPARABLE,
    toPrisma: (operand, read, _refuse, field) =>
      isAddress(field) ? { in: spellingsOf(read(operand)) } : { equals: read(operand) },
  },
  ne: {
    types: COMPARABLE,
    toPrisma: (operand, read, _refuse, field) =>
      isAddress(field) ? { notIn: spellingsOf(read(operand)) } : { not: read(operand) },
  },
  in: {
    types: ORDERED,
    toPrisma: (operand, read, refuse, field) => {
      if (!Array.isArray(operand) || operand.length > MAX_LIST)
        throw refuse(`takes a list of up to ${MAX_LIST} values`);
      return { in: isAddress(field) ? operand.flatMap((item) => spellingsOf(read(item))) : operand.map(read) };
    },
  },
  lt: compare('lt'),
  lte: compare('lte'),
  gt: compare('gt'),
  gte: compare('gte'),
  contains: {
    types: ['text'],
    toPrisma: (operand, read) => ({ contains: escapeLike(read(operand) as string), mode: 'insensitive' }),
  },
  isNull: {
    types: COMPARABLE,
    toPrisma: (operand, _read, refuse, { isNullable }) => {
      if (!isNullable) throw refuse('is only for nullable columns');
      if (typeof operand !== 'boolean') throw refuse('takes true or false');
      return operand ? { equals: null } : { not: null };
    },
  },
};

/** @throws InvalidInputError, with pointers below `at`. */
export function toWhere({ model, rule }: Entity, filter: EntityFilter | undefined, at: string): EntityWhere {
  if (filter === undefined) return {};
  const refuse = (pointer: string, detail: string): InvalidInputError =>
    new InvalidInputError('The filter is not valid.', [{ pointer, detail, code: 'filter' }]);
  if (!isPlainObject(filter)) throw refuse(at, 'A filter must be a JSON object of columns and conditions.');
  assertStorable(filter);
  const conditions: EntityWhere[] = [];
  for (const [name, condition] of Object.entries(filter)) {
    const field = rule.fields.includes(name) ? model.fields.get(name) : undefined;
    const pointer = `${at}/${name}`;
    if (!field) throw refuse(pointer, `${model.name} has no filterable column of this name.`);
    for (const [word, operand] of Object.entries(isPlainObject(condition) ? condition : { eq: condition })) {
      const operator = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
      if (!operator?.types.includes(field.type)) {
        const known = Object.keys(OPERATORS).filter((key) => OPERATORS[key]!.types.includes(field.type));
        throw refuse(`${pointer}/${word}`, `Compare ${name} by: ${known.join(', ')}.`);
      }
      const refuseValue = (detail: string): Error => refuse(`${pointer}/${word}`, `${word} ${detail}.`);
      const read = (value: unknown): unknown => readValue(field, value, refuseValue);
      conditions.push({ [name]: operator.toPrisma(operand, read, refuseValue, field) });
    }
  }
  if (conditions.length > MAX_CONDITIONS) throw refuse(at, `A filter may have up to ${MAX_CONDITIONS} conditions.`);
  return { AND: conditions };
}

/** Parses `-createdAt,name`, limited to readable columns, and appends the primary key. @throws InvalidInputError */
export function toOrder({ model, rule }: Entity, sort: string | undefined): EntityOrder {
  const orders: EntityOrder = [];
  const seen = new Set<string>();
  for (const term of sort === undefined ? [] : sort.split(',')) {
    const name = term.trim().replace(/^[-+]/, '');
    const field = rule.fields.includes(name) ? model.fields.get(name) : undefined;
    if (!field || !ORDERED.includes(field.type) || seen.has(name) || seen.size === MAX_SORTS) {
      const detail = `Sort by up to ${MAX_SORTS} columns shown by ${model.name}, each once; a leading \`-\` sorts in descending order.`;
      throw new InvalidInputError('The list cannot be sorted this way.', [{ pointer: '?sort', detail, code: 'sort' }]);
    }
    seen.add(name);
    orders.push({ [name]: term.trim().startsWith('-') ? 'desc' : 'asc' });
  }
  return [...orders, ...model.key.filter((name) => !seen.has(name)).map((name) => ({ [name]: 'asc' as const }))];
}

/**
 * Parses the key in a path; the parts of a composite key are separated by commas.
 * @throws InvalidInputError when it cannot be a key of this entity.
 */
export function toKey(model: EntityModel, key: string): EntityWhere {
  const refuse = (detail: string): InvalidInputError =>
    new InvalidInputError('The key in the path is not valid.', [{ pointer: ':key', detail, code: 'key' }]);
  const parts = model.key.length === 1 ? [key] : key.split(',');
  if (parts.length !== model.key.length) throw refuse(`The key must be ${model.key.join(',')}.`);
  return Object.fromEntries(
    model.key.map((name, index) => {
      const field = model.fields.get(name)!;
      const part = parts[index]!;
      const value = field.type === 'int' && /^-?[0-9]{1,10}$/.test(part) ? Number(part) : part;
      return [name, readValue(field, value, (detail) => refuse(`${name} ${detail}.`))];
    }),
  );
}

/** Formats a row's key for `toKey`. */
export function keyOf(model: EntityModel, row: Record<string, unknown>): string {
  return model.key.map((name) => String(row[name])).join(',');
}

function readValue({ type }: EntityField, value: unknown, refuse: (detail: string) => Error): unknown {
  switch (type) {
    case 'text':
      if (typeof value === 'string' && hasLength(value, 0, MAX_TEXT)) return value;
      throw refuse(`takes a text of up to ${MAX_TEXT} characters`);
    case 'uuid':
      if (isUuid(value)) return value.toLowerCase();
      throw refuse('takes a UUID');
    case 'int':
      if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) return value;
      throw refuse('takes an integer');
    case 'bigint':
      if (Number.isSafeInteger(value) || (typeof value === 'string' && /^-?[0-9]{1,18}$/.test(value))) {
        return BigInt(value as string | number);
      }
      throw refuse('takes an integer, or a string for integers above 2^53');
    case 'float':
      if (Number.isFinite(value)) return value;
      throw refuse('takes a number');
    case 'bool':
      if (typeof value === 'boolean') return value;
      throw refuse('takes true or false');
    case 'timestamp': {
      const time = parseTimestamp(value);
      if (time) return time;
      throw refuse(`takes ${TIMESTAMP_RULE}`);
    }
    case 'json':
    case 'other':
      throw refuse('cannot be compared');
  }
}

/** Email addresses are normalized in filters, so that every spelling finds them. */
function isAddress({ name, type }: EntityField): boolean {
  return type === 'text' && /email$/i.test(name);
}

function spellingsOf(value: unknown): string[] {
  return emailSpellings(value as string);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
