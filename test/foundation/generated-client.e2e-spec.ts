import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { packageRoot } from '../../src/common/config/package-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const GENERATOR = join(packageRoot(), 'node_modules/openapi-typescript/bin/cli.js');

/** What has a default may be left out of requests; the generator would ask for it. */
const OPTIONS = ['--default-non-nullable=false'];

/** What a client of the API would write, as strictly as the compiler can be asked to be. */
const PROGRAM = `
  import type { components, paths } from './api.js';

  type Schemas = components['schemas'];
  type Body<P extends keyof paths, M extends 'post' | 'patch'> =
    paths[P][M] extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;

  export const newTenant: Schemas['CreateTenantDto'] = {
    slug: 'acme', name: 'Acme', ownerEmail: 'ada@acme.example',
    settings: { timezone: 'Europe/Berlin', limits: { rows: [1, 2, null] } }, quota: { users: 5 },
  };
  export const changes: Schemas['UpdateUserDto'] = { preferences: { theme: 'dark', columns: ['a', 'b'] }, bio: null };
  export const cleared: Schemas['UpdateUserDto'] = { preferences: null };
  export const node: Schemas['WorkflowNodeDto'] = { id: 'check', type: 'condition', config: { condition: 'input.n > 3' } };
  export const run: Schemas['StartRunDto'] = { input: { ticket: 4711, tags: ['a'], nested: { deep: true } } };
  export const plainInput: Schemas['StartRunDto'] = { input: 'text' };
  export const login: Body<'/api/v1/auth/login', 'post'> = { identifier: 'ada', password: 'secret' };

  export function read(user: Schemas['UserDto'], entry: Schemas['AuditEntryDto'], given: Schemas['RunDto']): unknown[] {
    const theme: unknown = user.preferences['theme'];
    const outputs = given.outputs;
    const first: unknown = outputs === null ? undefined : outputs['first'];
    return [theme, first, entry.details['before'], user.lastLoginAt?.length];
  }

  // @ts-expect-error -- a field that is not there
  export const misspelt: Schemas['UpdateUserDto'] = { preference: {} };
  // @ts-expect-error -- no object
  export const noObject: Schemas['UpdateUserDto'] = { preferences: 'dark' };
`;

interface Schema {
  type?: string | string[];
  properties?: object;
  additionalProperties?: unknown;
  allOf?: unknown;
}

/** Pointers to schemas of objects that say neither which members they have nor that they may have any. */
function mutedObjects(value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, properties, additionalProperties, allOf } = value as Schema;
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'));
  const isMute = isObject && properties === undefined && additionalProperties === undefined && allOf === undefined;
  const inside = Object.entries(value)
    .filter(([key]) => !['example', 'examples', 'default', 'enum'].includes(key))
    .flatMap(([key, child]) => mutedObjects(child, `${pointer}/${key}`));
  return isMute ? [pointer, ...inside] : inside;
}

describe('A client that is generated from the document', () => {
  const folder = temporaryFolder();
  let test: TestApp;
  let document: object;

  beforeAll(async () => {
    test = await createTestApp();
    document = (await test.http.get('/api/openapi.json')).body as object;
  });
  afterAll(async () => {
    await test.close();
    folder.remove();
  });

  it('is told of every object which members it has, or that they are free', () => {
    expect(mutedObjects(document)).toEqual([]);
    expect(mutedObjects({ a: { type: ['object', 'null'] }, b: { type: 'object', properties: {} } })).toEqual(['/a']);
  });

  it('has types that a strict program can be written against', async () => {
    const [description, types, program] = ['openapi.json', 'api.ts', 'client.ts'].map((name) =>
      join(folder.path, name),
    );
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(description!, JSON.stringify(document));
    writeFileSync(program!, PROGRAM);
    await promisify(execFile)(process.execPath, [GENERATOR, description!, '--output', types!, ...OPTIONS], {
      cwd: packageRoot(),
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const compiled = ts.createProgram([program!], {
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      types: [],
    });
    const problems = ts.getPreEmitDiagnostics(compiled).map(({ file, start, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${file?.fileName.split('/').at(-1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    expect(problems).toEqual([]);
    expect(compiled.getSourceFile(types!)?.text).not.toMatch(/: Record<string, never>/);
  });

  it('finds the document from the reference page', async () => {
    const page = await test.http.get('/api/docs');
    expect(page.headers['link']).toContain('</api/openapi.json>; rel="service-desc"');
    expect(JSON.stringify(document)).toContain('(/api/openapi.json)');
  });
});
