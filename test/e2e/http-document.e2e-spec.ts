import type { OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import { createTestApp, type TestApp } from '../support/test-app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

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
