import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The parts of a JSON Schema that determine an example. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

const TEXTS: Record<string, string> = {
  uuid: '01890000-0000-7000-8000-000000000001',
  'date-time': '2030-01-31T12:00:00.000Z',
  email: 'ada@example.com',
};

/**
 * Adds an example to a JSON body without one, built from the examples of its fields and from a plain value for required
 * fields without one. Optional fields without an example are left out.
 */
export function addBodyExample(document: OpenAPIObject, { requestBody }: Operation): void {
  if (!requestBody || !('content' in requestBody)) return;
  const json = requestBody.content['application/json'];
  if (!json?.schema || json.example !== undefined || json.examples !== undefined) return;
  json.example = exampleOf(document, json.schema as Schema);
}

function exampleOf(document: OpenAPIObject, schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const other = schema.allOf?.[0] ?? schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (other) return exampleOf(document, other);
  if (schema.$ref) return exampleOf(document, referred(document, schema.$ref));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectOf(document, schema);
    case 'array':
      return schema.items && schema.minItems ? [exampleOf(document, schema.items)] : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return TEXTS[schema.format ?? ''] ?? 'text'.padEnd(schema.minLength ?? 0, '.');
    default:
      return null;
  }
}

function objectOf(document: OpenAPIObject, { properties = {}, required = [] }: Schema): Record<string, unknown> {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || property.example !== undefined,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(document, property)]));
}

function referred({ components }: OpenAPIObject, reference: string): Schema {
  return (components?.schemas?.[reference.split('/').at(-1)!] ?? {}) as Schema;
}
