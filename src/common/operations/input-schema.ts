import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { JsonObject } from '../json/json-object.js';

/** The minimal application that the document builder needs, without routes. */
const NO_ROUTES = {
  container: { getModules: () => new Map() },
  getHttpAdapter: () => ({ getType: () => 'express' }),
} as unknown as INestApplication;

const IN_DOCUMENT = '#/components/schemas/';

/**
 * Returns the JSON Schema (2020-12) of a DTO class, derived from its fields (`contracts/fields.ts`). Referenced classes
 * are in `$defs`.
 */
export function inputSchemaOf(input: Type<object>): JsonObject {
  const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
  const document = SwaggerModule.createDocument(NO_ROUTES, config, { extraModels: [input], ignoreGlobalPrefix: true });
  const text = JSON.stringify(document.components?.schemas ?? {}).replaceAll(IN_DOCUMENT, '#/$defs/');
  const { [input.name]: own, ...others } = JSON.parse(text) as Record<string, JsonObject>;
  // Unknown fields are rejected everywhere.
  const $defs = Object.fromEntries(Object.entries(others).map(([name, schema]) => [name, closed(schema)]));
  return { ...closed(own ?? { type: 'object' }), ...(Object.keys($defs).length > 0 && { $defs }) };
}

function closed(schema: JsonObject): JsonObject {
  return schema['type'] === 'object' ? { ...schema, additionalProperties: false } : schema;
}
