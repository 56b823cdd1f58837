import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withReleaseNamed } from '../docs/api-changes.ts';
import { API_CHANGES, API_DESCRIPTION, RELEASED_DESCRIPTION } from '../docs/documents.ts';
import { ERRORS_PAGE, errorsPage } from '../docs/errors-page.ts';
import { OperatorError } from '../db/connect.ts';
import { say } from '../progress.mjs';
import { ROOT } from '../project.ts';
import { test } from './test.ts';

/** The test that compares the API description, and writes it on request. */
const DESCRIPTION_TEST = 'test/foundation/http-committed-description.e2e-spec.ts';

/**
 * `npm run docs`: writes the documents that are generated from code, `docs/errors.md` and `docs/openapi.json`. `npm run
 * docs -- --release 1.2.0` also makes this description the baseline for later changes.
 */
export async function docs(args: string[]): Promise<number> {
  const [option, version] = args;
  const isRelease = option === '--release' && version !== undefined && /^\d+\.\d+\.\d+$/.test(version);
  if (args.length > 0 && !isRelease) throw new OperatorError('Usage: npm run docs [-- --release 1.2.0].');
  writeFileSync(join(ROOT, ERRORS_PAGE), errorsPage(ROOT));
  say(`Wrote ${ERRORS_PAGE}.`);
  process.env['WRITE_DESCRIPTION'] = 'true';
  const exitCode = await test(['--silent', DESCRIPTION_TEST]);
  if (exitCode !== 0) return exitCode;
  say(`Wrote ${API_DESCRIPTION}.`);
  if (isRelease) release(version);
  return 0;
}

function release(version: string): void {
  copyFileSync(join(ROOT, API_DESCRIPTION), join(ROOT, RELEASED_DESCRIPTION));
  const page = join(ROOT, API_CHANGES);
  writeFileSync(page, withReleaseNamed(readFileSync(page, 'utf8'), version));
  say(`Later changes are compared with ${version}.`);
}
