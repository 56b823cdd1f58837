/** JSON Schema as far as OpenAPI 3.1 documents of this API use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  schema?: Schema;
}

type Content = Record<string, { schema?: Schema }>;

interface RawOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
  security?: unknown[];
}

export interface ApiDocument {
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema>; responses?: Record<string, { content?: Content }> };
}

export interface ApiOperation {
  id: string;
  method: string;
  /** `/api/v1/users/{id}` */
  path: string;
  /** The path before its first parameter, `/api/v1/users`: what the ids in the path come from. */
  collection: string;
  parameters: Parameter[];
  body?: Schema;
  /** What each documented status answers with, by media type. */
  responses: Record<string, Content>;
  isPublic: boolean;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function operationsOf(document: ApiDocument): ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method): ApiOperation => {
      const raw = item[method]!;
      return {
        id: raw.operationId,
        method: method.toUpperCase(),
        path,
        collection: path.replace(/\/\{.*$/, ''),
        parameters: raw.parameters ?? [],
        body: raw.requestBody?.content?.['application/json']?.schema,
        responses: Object.fromEntries(
          Object.entries(raw.responses).map(([status, response]) => [status, contentOf(document, response)]),
        ),
        isPublic: !path.startsWith('/api/') || raw.security?.length === 0,
      };
    }),
  );
}

function contentOf(document: ApiDocument, response: { $ref?: string; content?: Content }): Content {
  if (!response.$ref) return response.content ?? {};
  return document.components?.responses?.[response.$ref.split('/').at(-1)!]?.content ?? {};
}

/** The schema itself, where it is only referred to. */
export function resolveSchema(document: ApiDocument, schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const name = schema.$ref.split('/').at(-1)!;
  const found = document.components?.schemas?.[name];
  if (!found) throw new Error(`The document has no schema ${name}.`);
  return resolveSchema(document, found);
}
