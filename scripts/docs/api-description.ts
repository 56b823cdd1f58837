/** The parts of an OpenAPI 3.1 document that clients depend on. */
export interface ApiDescription {
  paths: Record<string, Partial<Record<Method, ApiOperation>>>;
  components?: { schemas?: Record<string, Schema> };
}

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

export interface ApiOperation {
  operationId?: string;
  parameters?: ApiParameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: Record<string, { $ref?: string; content?: Content }>;
  security?: object[];
}

export interface ApiParameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export type Content = Record<string, { schema?: Schema }>;

export interface Schema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

/** Resolves a reference: returns the schema, with its name in the document. */
export function resolved({ components }: ApiDescription, schema: Schema): { schema: Schema; name?: string } {
  const only =
    schema.allOf?.length === 1 && Object.keys(schema.properties ?? {}).length === 0 ? schema.allOf[0]! : schema;
  if (!only.$ref) return { schema: only };
  const name = only.$ref.split('/').at(-1)!;
  return { schema: components?.schemas?.[name] ?? {}, name };
}

/** Returns the JSON types that a schema allows; undefined if it allows every type. */
export function typesOf({ type, nullable }: Schema): string[] | undefined {
  if (type === undefined) return undefined;
  return [...[type].flat(), ...(nullable ? ['null'] : [])];
}
