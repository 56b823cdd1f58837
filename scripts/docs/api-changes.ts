import type { ApiBreak } from './api-breaks.ts';

const NEXT = '## Next release';

/** The breaks that the section of the next release has no line for: one that names the break's subject in backticks. */
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

/** The page with the section of the next release under the name of that release, and a new empty one above it. */
export function withReleaseNamed(page: string, version: string): string {
  sectionOf(page);
  return page.replace(`\n${NEXT}\n`, `\n${NEXT}\n\n## ${version}\n`);
}
