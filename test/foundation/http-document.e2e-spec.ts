import type { OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import { createTestApp, type TestApp } from '../support/test-app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Begins like a sentence, or with a name in code, and ends like one. */
const SENTENCE = /^([A-Z0-9]|`)[^]*[^\s][.!)]$/;
/** How fragments begin, which make sense only after the name of their field: "Of the run.", "As mailed.", "Whose it is." */
const FRAGMENT = /^(Of|As|In|To|Whose|Who|With|From|Before|After|Unless|Until|Instead|Null|Empty|Set by|Shown) /;
const isSentence = (text: string): boolean => SENTENCE.test(text) && !FRAGMENT.test(text);

type Described = { properties?: Record<string, { description?: string }> };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Names of everything that rules were written for, by class name. */
function ruledProperties(className: string): string[] {
  const storage = getMetadataStorage() as unknown as {
    validationMetadatas: Map<unknown, Array<{ propertyName: string }>>;
  };
  return [...storage.validationMetadatas]
    .filter(([target]) => typeof target === 'function' && target.name === className)
    .flatMap(([, rules]) => rules.map(({ propertyName }) => propertyName));
}

describe('The description of the whole API', () => {
  let test: TestApp;
  let document: OpenAPIObject;
  let operations: Array<[route: string, operation: Operation]>;

  beforeAll(async () => {
    test = await createTestApp();
    document = (await test.http.get('/api/openapi.json')).body as OpenAPIObject;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method): Array<[string, Operation]> => {
        const operation = item[method];
        return operation ? [[`${method.toUpperCase()} ${path}`, operation]] : [];
      }),
    );
  });
  afterAll(() => test.close());

  it('names every operation once', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('gives every operation a name that makes a good method, with a verb and what it is about', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z0-9]*)+$/.test(id ?? ''))).toEqual([]);
  });

  it('sums every operation up in a line that begins with the verb of its name', () => {
    const unfit = operations.flatMap(([route, { operationId, summary = '' }]) => {
      const [verb] = summary.toLowerCase().split(' ');
      const isFit = /^[A-Z].{5,80}[^.]$/.test(summary) && operationId?.startsWith(verb ?? ' ');
      return isFit ? [] : [`${route}: ${operationId}, "${summary}"`];
    });
    expect(unfit).toEqual([]);
  });

  it('says of every operation which permission it requires and who holds it', () => {
    const silent = operations.flatMap(([route, operation]) => {
      const permission = (operation as { 'x-permission'?: string })['x-permission'];
      const sentence = permission
        ? `Requires the permission \`${permission}\`, held by `
        : 'This route is public: it requires no credential.';
      return operation.description?.includes(sentence) ? [] : [`${route}: ${operation.description}`];
    });
    expect(silent).toEqual([]);
  });

  it('describes every parameter in a sentence', () => {
    const unfit = operations.flatMap(([route, { parameters = [] }]) =>
      (parameters as { name: string; description?: string }[])
        .filter(({ description = '' }) => !isSentence(description))
        .map(({ name, description }) => `${route}: ${name}, "${description}"`),
    );
    expect(unfit).toEqual([]);
  });

  it('describes fields in sentences', () => {
    const schemas = Object.entries(document.components?.schemas ?? {}) as [string, Described][];
    const unfit = schemas.flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, { description }]) => description !== undefined && !isSentence(description))
        .map(([field, { description }]) => `${schema}.${field}: "${description}"`),
    );
    expect(unfit).toEqual([]);
  });

  it('describes the fields that most resources have', () => {
    const { properties = {} } = document.components?.schemas?.['UserDto'] as Described;
    expect(properties['id']?.description).toBe('The id.');
    expect(properties['createdAt']?.description).toBe('The time of creation.');
  });

  it('shows an example of every body', () => {
    const without = operations.flatMap(([route, { requestBody }]) => {
      if (!requestBody || !('content' in requestBody)) return [];
      const { example, examples } = requestBody.content['application/json'] ?? {};
      return example === undefined && examples === undefined ? [route] : [];
    });
    expect(without).toEqual([]);
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/(schemas|responses)\/([^"]+)"/g)];
    for (const [, kind, name] of references) {
      expect(document.components?.[kind as 'schemas' | 'responses']).toHaveProperty(name as string);
    }
  });

  it('says of every success what it answers', () => {
    const hasContent = (response: unknown): boolean => typeof response === 'object' && 'content' in (response ?? {});
    const silent = operations.flatMap(([route, { responses }]) => {
      const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      if (successes.length === 0) return [`${route}: no success`];
      return successes
        .filter(([status, response]) => !['202', '204'].includes(status) && !hasContent(response))
        .map(([status]) => `${route}: ${status} without a schema`);
    });
    expect(silent).toEqual([]);
  });

  it('describes every field that a body may hold', () => {
    const undescribed = operations.flatMap(([route, { requestBody }]) => {
      if (!requestBody || !('content' in requestBody)) return [];
      const schema = requestBody.content['application/json']?.schema;
      if (!schema || Object.keys(schema).length === 0) return [`${route}: no schema`];
      // Written out at the route, it is of no class.
      if (!('$ref' in schema)) return [];
      const name = schema.$ref.replace(/^.*\//, '');
      const properties = Object.keys(
        (document.components?.schemas?.[name] as { properties?: object }).properties ?? {},
      );
      return ruledProperties(name)
        .filter((property) => !properties.includes(property))
        .map((property) => `${route}: ${name}.${property}`);
    });
    expect(undescribed).toEqual([]);
  });
});
