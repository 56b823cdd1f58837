import { sourceFiles, type SourceFile } from './source-files.js';

const MAX_LINES = 400;
const VAGUE = /^(utils?|helpers?|shared|misc|index|barrel|constants|interfaces|types)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** The one folder that the layout calls common. */
const FOLDERS_BY_KIND = /^(utils?|helpers?|shared|misc|dto|dtos|interfaces|constants|types|entities)$/;

function problemsOf({ path, text }: SourceFile): string[] {
  const parts = path.split('/');
  const name = parts.at(-1)!.replace(/(\.d)?\.(ts|mts|mjs)$/, '');
  const problems: string[] = [];
  if (text.split('\n').length - 1 > MAX_LINES) problems.push(`more than ${MAX_LINES} lines`);
  if (VAGUE.test(name)) problems.push('a name that says nothing');
  if (!KEBAB.test(name)) problems.push('a name that is not kebab-case');
  if (parts.slice(0, -1).some((folder) => FOLDERS_BY_KIND.test(folder)))
    problems.push('a folder by kind, not by subject');
  const statements = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line));
  if (statements.length > 0 && statements.every((line) => /^export (\*|\{[^}]*\}) from /.test(line)))
    problems.push('a barrel');
  return problems.map((problem) => `${path}: ${problem}`);
}

describe('source files', () => {
  it('are small, well named and no barrels', () => {
    const folders = ['src', 'test', 'scripts', 'prisma', 'eslint-rules'];
    const files = sourceFiles(folders, ['.ts', '.mts', '.mjs']);
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(problemsOf)).toEqual([]);
  });

  it.each([
    ['src/modules/users/users.service.ts', 'line\n'.repeat(MAX_LINES + 1), 'more than 400 lines'],
    ['src/modules/users/helpers.ts', 'const a = 1;', 'a name that says nothing'],
    ['src/modules/users/UserThing.ts', 'const a = 1;', 'a name that is not kebab-case'],
    ['src/modules/users/dto/create-user.dto.ts', 'const a = 1;', 'a folder by kind, not by subject'],
    ['src/modules/users/users.ts', "// All of it.\nexport * from './users.service.js';\n", 'a barrel'],
  ])('would be caught: %s', (path, text, problem) => {
    expect(problemsOf({ path, text })).toEqual([`${path}: ${problem}`]);
  });
});
