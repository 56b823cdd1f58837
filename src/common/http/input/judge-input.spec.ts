import { ValidationPipe } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import { InvalidInputError } from '../../errors/app-error.js';
import { inputProblems } from '../input-problems.js';
import { MayBeAbsent, Trimmed } from '../../contracts/input-rules.js';
import { rulesOf } from './class-rules.js';
import { judgeInput } from './judge-input.js';

class PointDto {
  @IsInt()
  @Min(0)
  x!: number;

  @IsOptional()
  @IsInt()
  y?: number | null;
}

class LineDto {
  @Matches(/^[a-z]{1,5}$/)
  id!: string;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => PointDto)
  start?: PointDto;
}

class BaseDto {
  @IsString()
  @Length(2, 5)
  @Matches(/^\w/, { message: '$property must begin with a letter of $constraint1' })
  @Matches(/\w$/, { message: 'no' })
  @Trimmed()
  name!: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(20)
  email?: string | null;
}

class DrawingDto extends BaseDto {
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(3)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => LineDto)
  lines?: LineDto[];

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(4)
  @ArrayUnique()
  @Matches(/^[a-z]$/, { each: true })
  tags?: string[];

  @Max(10)
  @IsInt()
  @MayBeAbsent()
  @Transform(({ value, obj }: { value: unknown; obj: object }) => (Object.hasOwn(obj, 'tags') ? value : Number(value)))
  size: number = 5;

  @Allow()
  data?: unknown;
}

const reference = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  exceptionFactory: (errors) => new InvalidInputError('', inputProblems(errors, 'body')),
});

/** The result of class-transformer and class-validator themselves. */
async function expectedOf(input: unknown): Promise<unknown> {
  try {
    return {
      instance: (await reference.transform(structuredClone(input), { type: 'body', metatype: DrawingDto })) as object,
    };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { problems: error.problems };
  }
}

const orMissing = <T>(...values: T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(...values, undefined);
const present = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const record = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> => fc.record(model).map(present);

const point = record({ x: orMissing<unknown>(1, -1, '1', null), y: orMissing<unknown>(2, null, 1.5), z: orMissing(1) });
const line = record({
  id: orMissing<unknown>('a', 'A', 'abcdefg', 7, null),
  start: fc.oneof(point, orMissing<unknown>('text', null)),
  more: orMissing(true),
});
const drawing = record({
  surprise: orMissing<unknown>({ a: 1 }),
  'a/b~c': orMissing(1),
  name: orMissing<unknown>('ab', ' abc ', 'a', '?bc?', 'abcdefg', 7, null, {}, []),
  email: orMissing<unknown>('a@b.de', 'nobody', `${'x'.repeat(30)}@b.de`, null, 1),
  lines: fc.oneof(fc.array(line, { maxLength: 3 }), orMissing<unknown>('text', null, [null], [1, { id: 'a' }])),
  tags: fc.oneof(fc.array(orMissing('a', 'b', 'C'), { maxLength: 4 }), orMissing<unknown>('a', null, {}, [1], [null])),
  size: orMissing<unknown>(1, 11, '7', 1.5, null, true),
  data: orMissing<unknown>({ deep: [{ er: null }] }, [], 0, null),
});

describe('judging input', () => {
  it('finds what class-transformer and class-validator find, with the same words', async () => {
    const property = fc.asyncProperty(drawing, async (input) => {
      expect(judgeInput(DrawingDto, input, 'body')).toEqual(await expectedOf(input));
    });
    await fc.assert(property, { numRuns: 2000 });
  });

  it('makes instances with defaults, and takes data without a class as it is', () => {
    const data = JSON.parse('{"constructor":1,"__proto__":{"a":1},"then":[]}') as object;
    const verdict = judgeInput(DrawingDto, { name: ' ab', lines: [{ id: 'a', start: { x: 1 } }], data }, 'body');
    const { instance } = verdict as { instance: DrawingDto };
    expect(instance).toBeInstanceOf(DrawingDto);
    expect(instance).toMatchObject({ name: 'ab', size: 5 });
    expect(instance.lines?.[0]).toBeInstanceOf(LineDto);
    expect(instance.lines?.[0]?.start).toBeInstanceOf(PointDto);
    expect(instance.data).toBe(data);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])(
    'does not know the field %s',
    (key) => {
      const input = JSON.parse(`{"name":"ab","${key}":{"a":1},"lines":[{"id":"a","${key}":1}]}`) as object;
      expect(judgeInput(DrawingDto, input, 'body')).toMatchObject({
        problems: [
          { pointer: `/${key}`, code: 'unknown' },
          { pointer: `/lines/0/${key}`, code: 'unknown' },
        ],
      });
      const query = Object.assign(Object.create(null) as object, { name: 'ab' }, JSON.parse(`{"${key}":"1"}`));
      expect(judgeInput(BaseDto, query, 'query')).toMatchObject({
        problems: [{ pointer: `?${key}`, code: 'unknown' }],
      });
    },
  );

  it.each<[string, unknown]>([
    ['a list', [{ name: 'ab' }]],
    ['many of them', Array(300_000).fill({})],
    ['a text', 'name'],
    ['a number', 7],
  ])('refuses %s in place of an object', (_, input) => {
    expect(judgeInput(DrawingDto, input, 'body')).toEqual({
      problems: [{ pointer: '', code: 'object', detail: 'Validation failed (object is expected).' }],
    });
  });

  it('takes nothing for an object without fields', () => {
    for (const input of [undefined, null]) {
      expect(judgeInput(PointDto, input, 'body')).toMatchObject({ problems: [{ pointer: '/x', code: 'required' }] });
    }
  });

  it('does not look into a list that is too long', () => {
    const read: string[] = [];
    const item = (): object =>
      new Proxy({}, { ownKeys: () => (read.push('keys'), []), get: () => (read.push('get'), 1) });
    const verdict = judgeInput(
      DrawingDto,
      { name: 'ab', lines: Array.from({ length: 4 }, item), tags: Array(90_000).fill(1) },
      'body',
    );
    expect(verdict).toMatchObject({
      problems: [
        { pointer: '/lines', code: 'array_max_size' },
        { pointer: '/tags', code: 'array_max_size' },
      ],
    });
    expect(read).toEqual([]);
  });

  it('does not take a list for an object, or an item of a list', () => {
    expect(
      judgeInput(DrawingDto, { name: 'ab', lines: [[{ id: 'a' }], { id: 'a', start: [{ x: 1 }] }] }, 'body'),
    ).toMatchObject({
      problems: [
        { pointer: '/lines', code: 'object' },
        { pointer: '/lines/0', code: 'nested_validation' },
        { pointer: '/lines/1/start', code: 'object' },
      ],
    });
  });

  it('tells of the first hundred problems, and says little of names that are long', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => [`${'x'.repeat(300)}${index}`, 1]);
    const { problems } = judgeInput(PointDto, Object.fromEntries(names), 'body') as { problems: object[] };
    expect(problems).toHaveLength(100);
    expect(JSON.stringify(problems).length).toBeLessThan(60_000);
  });

  it('does not ask every rule about a text that is far too long', () => {
    const email = `${'a@'.repeat(500_000)}b.de`;
    expect(judgeInput(BaseDto, { name: 'ab', email }, 'body')).toMatchObject({
      problems: [{ pointer: '/email', code: 'max_length' }],
    });
  });

  describe('refuses a class', () => {
    it('with a list that has no bound', () => {
      class Unbounded {
        @IsString({ each: true })
        names!: string[];
      }
      class UnboundedObjects {
        @ValidateNested({ each: true })
        @Type(() => PointDto)
        points!: PointDto[];
      }
      expect(() => rulesOf(Unbounded)).toThrow('A list without @ArrayMaxSize');
      expect(() => rulesOf(UnboundedObjects)).toThrow('A list without @ArrayMaxSize');
    });

    it('whose objects have no class, or are converted silently', () => {
      class Untyped {
        @ValidateNested()
        point!: PointDto;
      }
      class Converted {
        @IsInt()
        @Type(() => Number)
        count!: number;
      }
      expect(() => rulesOf(Untyped)).toThrow('@ValidateNested and @Type without the other');
      expect(() => rulesOf(Converted)).toThrow('@ValidateNested and @Type without the other');
    });
  });
});
