import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiBreaks } from '../../scripts/docs/api-breaks.ts';
import { untold } from '../../scripts/docs/api-changes.ts';
import type { ApiDescription } from '../../scripts/docs/api-description.ts';
import { API_CHANGES, API_DESCRIPTION, RELEASED_DESCRIPTION } from '../../scripts/docs/documents.ts';
import { packageRoot } from '../../src/common/config/package-root.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const pathOf = (file: string): string => join(packageRoot(), file);
const read = (file: string): string => readFileSync(pathOf(file), 'utf8');

/** With sorted keys, so that the order of modules changes nothing. Lists keep theirs. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** `npm run docs` runs this test to write the description that it compares otherwise. */
describe('The committed description of the API', () => {
  let test: TestApp;
  let description: ApiDescription;

  beforeAll(async () => {
    test = await createTestApp();
    description = sorted((await test.http.get('/api/openapi.json')).body) as ApiDescription;
    if (process.env['WRITE_DESCRIPTION'] === 'true') {
      writeFileSync(pathOf(API_DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
    }
  });
  afterAll(() => test.close());

  it('is what the application serves; npm run docs writes it', () => {
    expect(JSON.parse(read(API_DESCRIPTION))).toEqual(description);
  });

  it('breaks no client of the last release without a line in docs/api-changes.md', () => {
    const breaks = apiBreaks(JSON.parse(read(RELEASED_DESCRIPTION)) as ApiDescription, description);
    expect(untold(read(API_CHANGES), breaks)).toEqual([]);
  });
});
