import type { Type } from '@nestjs/common';
import {
  AnyJsonField,
  BooleanField,
  EmailField,
  EnumField,
  EnumListField,
  type FieldOptions,
  IntegerField,
  JsonObjectField,
  LineField,
  ListField,
  NewPasswordField,
  NumberField,
  ObjectField,
  PatternField,
  TextField,
  TextListField,
  TimestampField,
  UuidField,
  UuidListField,
} from '../../contracts/fields.js';
import { judgeInput } from './judge-input.js';

const ID = '01890000-0000-7000-8000-000000000001';
const SMILE = '\u{1F600}';

class ItemDto {
  @IntegerField({ min: 0, max: 9 }) size!: number;
}

function classWith(field: PropertyDecorator): Type<object> {
  class Dto {}
  field(Dto.prototype, 'value');
  return Dto;
}

function judged(field: PropertyDecorator, input: object): { value?: unknown; codes?: string[] } {
  const verdict = judgeInput(classWith(field), input, 'body');
  if ('problems' in verdict) return { codes: verdict.problems.map(({ code }) => code) };
  return { value: (verdict.instance as { value?: unknown }).value };
}

describe('Fields of DTOs', () => {
  it.each<[string, PropertyDecorator, unknown, unknown]>([
    ['text', TextField({ max: 3 }), SMILE.repeat(3), SMILE.repeat(3)],
    ['empty text', TextField({ max: 3 }), '', ''],
    ['line', LineField({ max: 3 }), ' abc ', 'abc'],
    ['pattern', PatternField(/^[a-z]+$/, { max: 3 }), 'abc', 'abc'],
    ['pattern in lower case', PatternField(/^[a-z]{1,3}$/, { lowerCased: true }), ' ABC ', 'abc'],
    ['e-mail address', EmailField(), 'Ada@Example.com', 'ada@example.com'],
    ['new password', NewPasswordField(), 'correct horse', 'correct horse'],
    ['UUID', UuidField(), ID.toUpperCase(), ID],
    ['timestamp', TimestampField(), '2030-01-31T12:00:00Z', '2030-01-31T12:00:00Z'],
    ['enum', EnumField(['a', 'b']), 'b', 'b'],
    ['boolean', BooleanField(), false, false],
    ['integer', IntegerField({ min: 1, max: 3 }), 3, 3],
    ['number', NumberField({ min: 0, max: 1 }), 0.5, 0.5],
    ['JSON object', JsonObjectField(), { a: [1] }, { a: [1] }],
    ['any JSON', AnyJsonField(), [null], [null]],
    ['object', ObjectField(ItemDto), { size: 1 }, { size: 1 }],
    ['list', ListField(ItemDto, { max: 1 }), [{ size: 1 }], [{ size: 1 }]],
    ['list of texts', TextListField({ max: 2, pattern: /^[a-z]$/ }), ['a', 'a'], ['a', 'a']],
    ['list of enums', EnumListField(['a', 'b'], { max: 2 }), ['b'], ['b']],
    ['list of UUIDs', UuidListField({ max: 1 }), [ID], [ID]],
  ])('take a %s', (_, field, value, taken) => {
    expect(judged(field, { value })).toEqual({ value: taken });
  });

  it.each<[string, PropertyDecorator, unknown, string[]]>([
    ['long text', TextField({ max: 3 }), SMILE.repeat(4), ['max_length']],
    ['short text', TextField({ min: 2, max: 3 }), SMILE, ['length']],
    ['number for a text', TextField({ max: 3 }), 1, ['max_length', 'string']],
    ['blank line', LineField({ max: 3 }), '  ', ['length']],
    ['line break', LineField({ max: 3 }), 'a\nb', ['matches']],
    ['other pattern', PatternField(/^[a-z]+$/), 'A', ['matches']],
    ['long text of a pattern', PatternField(/^[a-z]+$/, { max: 3 }), 'abcd', ['max_length']],
    ['bad e-mail address', EmailField(), 'ada', ['email']],
    ['short password', NewPasswordField(), 'short', ['length']],
    ['bad UUID', UuidField(), '1', ['uuid']],
    ['bad timestamp', TimestampField(), 'tomorrow', ['timestamp']],
    ['other value', EnumField(['a', 'b']), 'c', ['in']],
    ['text for a boolean', BooleanField(), 'true', ['boolean']],
    ['fraction', IntegerField({ min: 1, max: 3 }), 1.5, ['int']],
    ['large integer', IntegerField({ min: 1, max: 3 }), 4, ['max']],
    ['small number', NumberField({ min: 0 }), -1, ['min']],
    ['list for an object', JsonObjectField(), [], ['free_json_object']],
    ['text for an object', ObjectField(ItemDto), 'text', ['nested_validation', 'object']],
    ['bad field of an object', ObjectField(ItemDto), { size: 10 }, ['max']],
    ['long list', ListField(ItemDto, { max: 1 }), [{ size: 1 }, { size: 1 }], ['array_max_size']],
    ['bad item', ListField(ItemDto, { max: 1 }), [{ size: 10 }], ['max']],
    ['text for an item', ListField(ItemDto, { max: 1 }), ['text'], ['nested_validation', 'object']],
    ['empty list', TextListField({ min: 1, max: 2, pattern: /^a$/ }), [], ['array_min_size']],
    ['text twice', TextListField({ max: 2, unique: true, pattern: /^a$/ }), ['a', 'a'], ['array_unique']],
    ['other text', TextListField({ max: 2, pattern: /^[a-z]$/ }), ['A'], ['matches']],
    ['other value in a list', EnumListField(['a', 'b'], { max: 2 }), ['c'], ['in']],
    ['bad UUID in a list', UuidListField({ max: 1 }), ['1'], ['uuid']],
  ])('refuse a %s', (_, field, value, codes) => {
    expect(judged(field, { value }).codes?.sort()).toEqual(codes);
  });

  const KINDS: Array<[string, (options: FieldOptions) => PropertyDecorator]> = [
    ['text', (options) => TextField({ max: 3, ...options })],
    ['UUID', UuidField],
    ['boolean', BooleanField],
    ['object', (options) => ObjectField(ItemDto, options)],
    ['list', (options) => ListField(ItemDto, { max: 1, ...options })],
  ];

  it.each(KINDS)('say of a %s whether it may be absent or null', (_, field) => {
    const takes = (options: FieldOptions): boolean[] =>
      [{}, { value: null }].map((input) => judged(field(options), input).codes === undefined);
    expect(takes({})).toEqual([false, false]);
    expect(takes({ optional: true })).toEqual([true, false]);
    expect(takes({ nullable: true })).toEqual([false, true]);
    expect(takes({ optional: true, nullable: true })).toEqual([true, true]);
  });

  it.each([
    ['text', TextField(), 'a'],
    ['integer', IntegerField(), 1],
    ['list', ListField(ItemDto), []],
    ['list of texts', TextListField(), []],
  ])('take no %s without a bound as input', (_, field, value) => {
    expect(judged(field, { value })).toEqual({ codes: ['unknown'] });
  });

  it('describe the limits that they check', () => {
    const shapeOf = (field: PropertyDecorator): object => {
      const { prototype } = classWith(field);
      return Reflect.getMetadata('swagger/apiModelProperties', prototype as object, 'value') as object;
    };
    expect(shapeOf(TextField({ min: 2, max: 3, nullable: true }))).toMatchObject({
      required: true,
      nullable: true,
      minLength: 2,
      maxLength: 3,
    });
    expect(shapeOf(IntegerField({ min: 2, max: 3, optional: true }))).toMatchObject({
      required: false,
      minimum: 2,
      maximum: 3,
    });
    expect(shapeOf(TextListField({ min: 1, max: 3, unique: true, pattern: /^a$/ }))).toMatchObject({
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
    });
  });
});
