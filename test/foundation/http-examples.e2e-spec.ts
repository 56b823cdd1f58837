import type { OpenAPIObject } from '@nestjs/swagger';
import { factories } from '../support/factories.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & { 'x-permission'?: string };
type Parameter = { name: string; in: string; schema?: { type?: string; example?: unknown } };
type Caller = 'nobody' | 'owner' | 'platform';

interface Example {
  operationId: string;
  method: 'post' | 'put' | 'patch';
  path: string;
  parameters: Parameter[];
  caller: Caller;
  body: object;
}

const NO_SUCH_ID = '01890000-0000-7000-8000-00000000ffff';

/** Every example of every body. What makes things comes before what is done to them: an id in the path can be a real one then. */
function examplesOf(document: OpenAPIObject): Example[] {
  const examples = Object.entries(document.paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch'] as const).flatMap((method): Example[] => {
      const {
        operationId = '',
        parameters = [],
        requestBody,
        ...operation
      }: Operation = item[method] ?? { responses: {} };
      const content = requestBody && 'content' in requestBody ? requestBody.content['application/json'] : undefined;
      if (!content) return [];
      const named = Object.values(content.examples ?? {}).map((one) => (one as { value: object }).value);
      const caller = callerOf(operation['x-permission']);
      return (content.example === undefined ? named : [content.example as object]).map((body) => ({
        operationId,
        method,
        path,
        parameters: parameters as Parameter[],
        caller,
        body,
      }));
    }),
  );
  return examples.sort((one, other) => one.path.split('/').length - other.path.split('/').length);
}

function callerOf(permission: string | undefined): Caller {
  if (!permission) return 'nobody';
  return permission.startsWith('platform:') ? 'platform' : 'owner';
}

describe('The examples in the description', () => {
  let test: TestApp;
  let examples: Example[];
  const tokens: Record<Caller, string> = { nobody: '', owner: '', platform: '' };
  /** What has been made so far, by the path that makes it. */
  const made = new Map<string, string>();

  beforeAll(async () => {
    test = await createTestApp();
    examples = examplesOf((await test.http.get('/api/openapi.json')).body as OpenAPIObject);
    const make = factories(test.app);
    const { owner } = await make.createTenant();
    tokens.owner = await make.tokenFor(owner);
    tokens.platform = await make.platformToken();
  });
  afterAll(() => test.close());

  const fill = ({ path, parameters }: Example): string =>
    parameters
      .filter((parameter) => parameter.in === 'path')
      .reduce((filled, { name, schema }) => {
        const collection = path.split(`/{${name}}`)[0]!;
        const value = schema?.example ?? (schema?.type === 'integer' ? 1 : (made.get(collection) ?? NO_SUCH_ID));
        return filled.replace(`{${name}}`, String(value));
      }, path);

  it('are accepted by the routes they belong to', async () => {
    const refused: string[] = [];
    const reached: string[] = [];
    for (const example of examples) {
      const { operationId, method, path, caller, body } = example;
      const request = test.http[method](fill(example));
      if (caller !== 'nobody') void request.set('authorization', `Bearer ${tokens[caller]}`);
      const response = await request.send(body);
      const answer = response.body as { id?: string; errors?: object[]; detail?: string };
      if (response.status < 300) reached.push(operationId);
      if (response.status === 201 && answer.id) made.set(path, answer.id);
      if ([400, 413, 415].includes(response.status) || response.status >= 500 || answer.errors) {
        refused.push(`${operationId} ${JSON.stringify(body)}: ${response.status} ${JSON.stringify(answer)}`);
      }
    }
    expect(refused).toEqual([]);
    // The others name things that do not exist, and are judged before that is found.
    const created = ['createUser', 'updateUser', 'createWorkflow', 'updateWorkflow', 'startWorkflowRun'];
    expect(reached).toEqual(expect.arrayContaining(created));
  });
});
