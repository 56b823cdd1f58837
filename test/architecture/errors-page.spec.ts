import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../../scripts/docs/error-codes.ts';
import { ERRORS_PAGE, errorsPage } from '../../scripts/docs/errors-page.ts';
import { packageRoot } from '../../src/common/config/package-root.js';
import { sourceFiles } from './source-files.js';

/** Files without which no code can be read. */
const FOUNDATION = sourceFiles(['src/common/errors', 'src/common/http'], ['/app-error.ts', '/problem.ts']);

const codesOf = (text: string): unknown[] =>
  errorCodes([...FOUNDATION, { path: 'src/modules/labels/labels.errors.ts', text }]).filter(({ code }) =>
    code.startsWith('label'),
  );

describe('The page of error codes', () => {
  it('is what the source declares; npm run docs writes it', () => {
    expect(readFileSync(join(packageRoot(), ERRORS_PAGE), 'utf8')).toBe(errorsPage(packageRoot()));
  });

  it('takes codes, statuses and words from literals, constants and subclasses', () => {
    expect(
      codesOf(`
        const TAKEN = 'label.name_taken';
        const BY_STATE = { open: 'label.open', closed: 'label.closed' } as const;
        /** @remedy Choose another name. */
        export const nameTaken = () => new ConflictError(TAKEN, 'Another label has this name.');
        export const notFound = () => new NotFoundError('label');
        export const stuck = (state: keyof typeof BY_STATE, names: string[]) =>
          new UnprocessableError(BY_STATE[state], \`Used by \${names.join(', ')}.\`);
        export class LabelsOnlyError extends ForbiddenError {
          constructor() {
            super('label.only', 'Only labels.');
          }
        }`),
    ).toEqual([
      { code: 'label.closed', status: 422, messages: ['Used by <names>.'] },
      {
        code: 'label.name_taken',
        status: 409,
        messages: ['Another label has this name.'],
        remedy: 'Choose another name.',
      },
      { code: 'label.not_found', status: 404, messages: ['There is no such label.'] },
      { code: 'label.only', status: 403, messages: ['Only labels.'] },
      { code: 'label.open', status: 422, messages: ['Used by <names>.'] },
    ]);
  });

  it('refuses a code that nobody can look up', () => {
    const text = 'export const odd = (state: string) => new ConflictError(`label.${state}`, "Odd.");';
    expect(() => codesOf(text)).toThrow(/literal or a constant[^]*labels\.errors\.ts: new ConflictError/);
  });
});
