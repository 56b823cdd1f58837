export type FieldTypeName = 'text' | 'long-text' | 'integer' | 'boolean' | 'timestamp';

/** How a field type is represented in each generated file. Values are TypeScript source. */
export interface FieldType {
  /** Type in the Prisma schema, without `?`. */
  prisma: { type: string; attributes: string };
  /** Type in the module, and in JSON. */
  inside: string;
  inJson: string;
  /** The decorator in `contracts/fields.ts`, and the limits of input. */
  field: { name: string; limits?: string };
  /** The decorator of responses, if it differs. */
  answerField?: string;
  example: string;
  /** Source code of an expression that differs for each value of `n`. */
  sample(words: string): string;
  /** An invalid value, and the reason. */
  invalid: { value: string; what: string };
  canBeUnique: boolean;
  isSortable: boolean;
}

export const FIELD_TYPES: Record<FieldTypeName, FieldType> = {
  text: {
    prisma: { type: 'String', attributes: '' },
    inside: 'string',
    inJson: 'string',
    field: { name: 'LineField', limits: 'max: 200' },
    answerField: 'TextField',
    example: "'Example'",
    sample: (words) => `\`${words} \${n}\``,
    invalid: { value: "' '", what: 'blank' },
    canBeUnique: true,
    isSortable: true,
  },
  'long-text': {
    prisma: { type: 'String', attributes: '' },
    inside: 'string',
    inJson: 'string',
    field: { name: 'TextField', limits: 'max: 2000' },
    example: "'An example.'",
    sample: (words) => `\`${words}\\n\${n}\``,
    invalid: { value: "'x'.repeat(2001)", what: 'too long' },
    canBeUnique: false,
    isSortable: false,
  },
  integer: {
    prisma: { type: 'Int', attributes: '' },
    inside: 'number',
    inJson: 'number',
    field: { name: 'IntegerField', limits: 'min: -2147483648, max: 2147483647' },
    example: '1',
    sample: () => 'n',
    invalid: { value: '1.5', what: 'no whole number' },
    canBeUnique: true,
    isSortable: true,
  },
  boolean: {
    prisma: { type: 'Boolean', attributes: '' },
    inside: 'boolean',
    inJson: 'boolean',
    field: { name: 'BooleanField' },
    example: 'true',
    sample: () => 'n % 2 === 0',
    invalid: { value: "'yes'", what: 'no boolean' },
    canBeUnique: false,
    isSortable: true,
  },
  timestamp: {
    prisma: { type: 'DateTime', attributes: '@db.Timestamptz(3)' },
    inside: 'Date',
    inJson: 'string',
    field: { name: 'TimestampField' },
    example: "'2030-01-31T12:00:00.000Z'",
    sample: () => 'new Date(n * 1000).toISOString()',
    invalid: { value: "'tomorrow'", what: 'no time' },
    canBeUnique: false,
    isSortable: true,
  },
};

/** Returns whether the JSON type differs from the internal one, so that values must be converted. */
export function isTranslated({ inside, inJson }: FieldType): boolean {
  return inside !== inJson;
}
