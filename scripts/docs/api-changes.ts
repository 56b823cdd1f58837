import type { ApiBreak } from './api-breaks.ts';

const NEXT = '## Next release';

/**
 * Returns the breaks that are not documented in the section of the next release, by a line with the break's subject in
 * backticks.
 */
export function untold(page: string, breaks: ApiBreak[]): ApiBreak[] {
  const lines = sectionOf(page)
    .split('\n')
    .filter((line) => line.startsWith('- '));
  return breaks.filter(({ subject }) => !lines.some((line) => line.includes(`\`${subject}\``)));
}

function sectionOf(page: string): string {
  const [, after] = page.split(`\n${NEXT}\n`);
  if (after === undefined) throw new Error(`docs/api-changes.md has no section "${NEXT}".`);
  return after.split('\n## ')[0]!;
}

/** Renames the section of the next release to that release, and adds a new empty one above it. */
export function withReleaseNamed(page: string, version: string): string {
  sectionOf(page);
  return page.replace(`\n${NEXT}\n`, `\n${NEXT}\n\n## ${version}\n`);
}
