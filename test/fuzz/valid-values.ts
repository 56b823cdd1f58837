import fc from 'fast-check';
import { type ApiDocument, resolveSchema, type Schema } from './api-description.js';
import { hex } from './field-values.js';
import { knownField } from './known-fields.js';
import { MARKER, Placeholder } from './placeholders.js';

const MAX_DEPTH = 6;
const MAX_TEXT = 60;

const word = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')),
  minLength: 2,
  maxLength: 12,
});

const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const url = fc.oneof(
  fc.constant(`https://${MARKER}.example/path?x=1`),
  fc.webUrl({ validSchemes: ['https', 'http'], withQueryParameters: true }),
);

const FORMATS: Record<string, fc.Arbitrary<unknown>> = {
  uuid: fc.oneof(
    { arbitrary: fc.nat(9).map((pick) => new Placeholder('own id', '', 'id', pick)), weight: 4 },
    { arbitrary: fc.nat(9).map((pick) => new Placeholder('other id', '', 'id', pick)), weight: 2 },
    { arbitrary: fc.uuid(), weight: 1 },
  ),
  email: hex(10).map((name) => `u${name}@${MARKER}.test`),
  uri: url,
  url,
  'date-time': moment,
  date: moment.map((text) => text.slice(0, 10)),
};

/** Text that is worth trying wherever text is allowed. */
const text = fc.oneof(
  { arbitrary: fc.tuple(word, word).map(([a, b]) => `${a} ${MARKER} ${b}`), weight: 3 },
  { arbitrary: word, weight: 2 },
  { arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: MAX_TEXT }), weight: 1 },
);

/** Values that a schema allows. */
export class ValidValues {
  constructor(private readonly document: ApiDocument) {}

  /** @param name of the property or parameter, for the few whose schema does not say enough. */
  of(given: Schema, name = '', depth = 0): fc.Arbitrary<unknown> {
    const schema = resolveSchema(this.document, given);
    const alternatives = schema.oneOf ?? schema.anyOf;
    if (alternatives) return fc.oneof(...alternatives.map((alternative) => this.of(alternative, name, depth)));
    if (schema.allOf) return this.of(this.#merged(schema), name, depth);
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    const nullable = types.includes('null');
    const value = this.#ofType(
      types.find((type) => type !== 'null'),
      schema,
      name,
      depth,
    );
    return nullable ? fc.option(value, { nil: null, freq: 5 }) : value;
  }

  #ofType(type: string | undefined, schema: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    switch (type) {
      case 'string':
        return this.#string(schema, name);
      case 'integer':
        return withExample(schema, fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 }));
      case 'number':
        return withExample(
          schema,
          fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true, noDefaultInfinity: true }),
        );
      case 'boolean':
        return fc.boolean();
      case 'array':
        return this.#array(schema, name, depth);
      case 'null':
        return fc.constant(null);
      case 'object':
        return this.#object(schema, depth);
      case undefined:
      default:
        return schema.properties ? this.#object(schema, depth) : withExample(schema, freeJson(depth));
    }
  }

  #string(schema: Schema, name: string): fc.Arbitrary<unknown> {
    const known = knownField(name, schema, this.document);
    if (known) return known;
    if (schema.pattern) return withExample(schema, fc.stringMatching(new RegExp(schema.pattern)));
    const byFormat = FORMATS[schema.format ?? ''];
    if (byFormat) return byFormat;
    const { minLength = 0, maxLength = MAX_TEXT } = schema;
    const fitting = text.map((value) => fitted(value, minLength, maxLength));
    // Names are often taken once.
    return withExample(schema, fitting, name === 'name' ? 1 : 2);
  }

  #array(schema: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    const { items = {}, minItems = 0, maxItems = 4 } = schema;
    if (Array.isArray(schema.example)) return fc.subarray(schema.example, { minLength: minItems });
    if (depth >= MAX_DEPTH) return fc.constant([]);
    const limits = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) };
    return fc.uniqueArray(this.of(items, name, depth + 1), { ...limits, selector: whatTellsApart });
  }

  #object(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const { properties, additionalProperties, required = [] } = schema;
    if (!properties) {
      if (typeof additionalProperties === 'object' && depth < MAX_DEPTH)
        return fc.dictionary(word, this.of(additionalProperties, '', depth + 1), { maxKeys: 3 });
      return fc.dictionary(word, freeJson(depth), { maxKeys: 3 });
    }
    const requiredKeys = Object.keys(properties).filter((key) => required.includes(key));
    if (depth >= MAX_DEPTH && requiredKeys.length === 0) return fc.constant({});
    const fields = Object.fromEntries(
      Object.entries(properties).map(([key, property]) => [key, this.of(property, key, depth + 1)]),
    );
    return fc.record(fields, { requiredKeys, noNullPrototype: true });
  }

  #merged(schema: Schema): Schema {
    const parts = [{ ...schema, allOf: undefined }, ...schema.allOf!].map((part) => resolveSchema(this.document, part));
    return parts.reduce((merged, part) => ({
      ...merged,
      ...part,
      properties: { ...merged.properties, ...part.properties },
      required: [...(merged.required ?? []), ...(part.required ?? [])],
    }));
  }
}

function withExample(schema: Schema, arbitrary: fc.Arbitrary<unknown>, weight = 2): fc.Arbitrary<unknown> {
  if (schema.example === undefined) return arbitrary;
  return fc.oneof({ arbitrary: fc.constant(schema.example), weight }, { arbitrary, weight: 1 });
}

/** What lists must not hold twice, mostly: a thing of the same name. */
function whatTellsApart(item: unknown): string {
  const { id, name } = (item ?? {}) as { id?: unknown; name?: unknown };
  return JSON.stringify(name ?? id ?? item);
}

function freeJson(depth: number): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
  return depth >= MAX_DEPTH
    ? leaf
    : fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(word, leaf, { maxKeys: 3 }));
}

function fitted(value: string, minLength: number, maxLength: number): string {
  const long = value.length < minLength ? value.padEnd(minLength, 'x') : value;
  return long.slice(0, Math.max(maxLength, minLength)).toWellFormed();
}
