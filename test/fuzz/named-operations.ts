import { EntityWriterRegistry } from '../../src/common/gateway/entity-writer-registry.js';
import { isWithheld } from '../../src/common/manifest/entity-rules.js';
import { Manifests } from '../../src/common/manifest/manifests.js';
import { inputSchemaOf } from '../../src/common/operations/input-schema.js';
import { factories } from '../support/factories.js';
import type { HttpClient } from '../support/http-client.js';
import type { TestApp } from '../support/test-app.js';
import { type ApiDocument, type ApiOperation, operationsOf, type Schema } from './api-description.js';

/** Operations for each name that one of their path's parameters may be, by the id of the operation. */
export type NamedOperations = Map<string, ApiOperation[]>;

/** What goes with a name: the body by method. No method is left out of those that take none. */
type Bodies = Record<string, Schema | undefined>;

/**
 * Where a name in the path decides what the body may be, the document says no more than "an object". Here such operations are
 * told name by name. Schemas that their bodies refer to are added to the document.
 */
export async function namedOperations(
  test: TestApp,
  client: HttpClient,
  document: ApiDocument,
): Promise<NamedOperations> {
  const named: NamedOperations = new Map();
  const name = (parameter: string, bodiesOf: Map<string, Bodies>): void => {
    for (const operation of operationsOf(document).filter(({ path }) => path.includes(`{${parameter}}`))) {
      const told = [...bodiesOf].filter(([, bodies]) => operation.method in bodies);
      named.set(
        operation.id,
        told.map(([value, bodies]) => withName(operation, parameter, value, bodies[operation.method])),
      );
    }
  };
  name('name', await operationInputs(test, client, document));
  name('entity', entityInputs(test, document));
  return named;
}

/** As the API itself lists them. */
async function operationInputs(test: TestApp, client: HttpClient, document: ApiDocument): Promise<Map<string, Bodies>> {
  const make = factories(test.app);
  const { owner } = await make.createTenant();
  const headers = { authorization: `Bearer ${await make.tokenFor(owner)}` };
  const { text } = await client.send({ method: 'GET', path: '/api/v1/dbal/operations?limit=100', headers });
  const { data } = JSON.parse(text) as { data: { name: string; input: Schema }[] };
  return new Map(data.map(({ name, input }) => [name, { POST: runBody(toldIn(document, input)) }]));
}

function runBody(input: Schema): Schema {
  return { type: 'object', properties: { input }, required: input.required?.length ? ['input'] : [] };
}

/** Of entities that may be written: what their writers take. */
function entityInputs(test: TestApp, document: ApiDocument): Map<string, Bodies> {
  const writers = test.app.get(EntityWriterRegistry);
  const inputs = [...test.app.get(Manifests).entities].flatMap(([name, rule]): [string, Bodies][] => {
    const { create, update } = writers.find(name) ?? (isWithheld(rule) ? undefined : rule.direct) ?? {};
    const bodies: Bodies = { GET: undefined, DELETE: undefined };
    if (create) bodies['POST'] = toldIn(document, inputSchemaOf(create));
    if (update) bodies['PATCH'] = toldIn(document, inputSchemaOf(update));
    return (create ?? update) ? [[name, bodies]] : [];
  });
  return new Map(inputs);
}

/** The schema, with what it defines for itself among the document's schemas, where references are looked up. */
function toldIn({ components }: ApiDocument, schema: object): Schema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs = {}, ...own } = JSON.parse(text) as Schema & { $defs?: Record<string, Schema> };
  const schemas = components?.schemas ?? {};
  for (const [name, definition] of Object.entries($defs)) schemas[name] ??= definition;
  return own;
}

function withName(operation: ApiOperation, parameter: string, value: string, body: Schema | undefined): ApiOperation {
  const path = operation.path.replace(`{${parameter}}`, value);
  const parameters = operation.parameters.filter(({ name }) => name !== parameter);
  return { ...operation, path, collection: path.replace(/\/\{.*$/, ''), parameters, body };
}
