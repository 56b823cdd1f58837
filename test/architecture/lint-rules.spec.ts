import { jest } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';

jest.setTimeout(120_000);

/** Type-aware rules know files of the project only, so each text stands in for one that exists. */
const REPOSITORY = 'src/modules/users/users.repository.ts';
const SERVICE = 'src/modules/users/users.service.ts';

const withPrisma = (statements: string): string => `
  import type { PrismaService } from '../../common/prisma/prisma.service.js';
  export async function planted(prisma: PrismaService): Promise<void> { ${statements} }`;

const UNSCOPED = 'tenantry/no-unscoped-prisma-call';

const PLANTED: [what: string, path: string, text: string, rules: string[]][] = [
  ['findUnique', REPOSITORY, withPrisma('await prisma.user.findUnique({ where: {} as never });'), [UNSCOPED]],
  ['update', REPOSITORY, withPrisma('await prisma.user.update({ where: {} as never, data: {} });'), [UNSCOPED]],
  [
    'delete of a destructured model',
    REPOSITORY,
    withPrisma('const { user } = prisma; await user.delete({ where: {} as never });'),
    [UNSCOPED],
  ],
  [
    'delete in a transaction',
    REPOSITORY,
    withPrisma('await prisma.$transaction(async (tx) => { await tx.user.delete({ where: {} as never }); });'),
    [UNSCOPED],
  ],
  [
    'a nested connect',
    REPOSITORY,
    withPrisma('await prisma.user.updateMany({ data: { tenant: { connect: { id: "1" } } } as never });'),
    [UNSCOPED],
  ],
  [
    'what is allowed, and methods of the same names on other things',
    REPOSITORY,
    withPrisma(`new Map([[1, 2]]).delete(1);
      await prisma.user.findFirst({ where: { id: '1' } });
      await prisma.user.deleteMany({ where: { id: '1' } });`),
    [],
  ],
  [
    'SQL made of strings',
    REPOSITORY,
    withPrisma('await prisma.$queryRawUnsafe("SELECT 1");'),
    ['no-restricted-syntax'],
  ],
  ['Prisma in a service', SERVICE, withPrisma('await prisma.user.findFirst();'), ['no-restricted-imports']],
  [
    'the context in a service',
    SERVICE,
    `import { ClsService } from 'nestjs-cls';\nexport class Planted { constructor(readonly cls: ClsService) {} }`,
    ['no-restricted-imports'],
  ],
  [
    'an HTTP error in a service',
    SERVICE,
    `import { NotFoundException } from '@nestjs/common';\nexport const planted = (): Error => new NotFoundException();`,
    ['no-restricted-imports'],
  ],
  ['the environment', SERVICE, 'export const planted = process.env.PORT;', ['no-restricted-properties']],
  [
    'a variable of the environment by its name',
    SERVICE,
    `import { ConfigService } from '@nestjs/config';\nexport const planted = (config: ConfigService): unknown => config.get('PORT');`,
    ['no-restricted-imports'],
  ],
  [
    'a variable of the environment by its name',
    'src/common/http/drain.service.ts',
    `import { ConfigService } from '@nestjs/config';\nexport const planted = (config: ConfigService): unknown => config.get('PORT');`,
    ['no-restricted-imports'],
  ],
  ["the process' own clock", SERVICE, 'export const planted = Date.now();', ['no-restricted-syntax']],
  ["the process' own clock as a date", SERVICE, 'export const planted = new Date();', ['no-restricted-syntax']],
  ['a given time', SERVICE, 'export const planted = new Date(0);', []],
  ['a default export', SERVICE, 'export default class Planted {}', ['no-restricted-syntax']],
  [
    'seven dependencies',
    SERVICE,
    'export class Planted { constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1) {} }',
    ['no-restricted-syntax'],
  ],
  [
    'a time out of a text',
    SERVICE,
    `export const planted = (text: string): unknown[] => [Date.parse(text), new Date(text), new Date(text as unknown as string | number)];`,
    Array<string>(3).fill('tenantry/no-time-from-text'),
  ],
  [
    'rules that count or read differently than the database',
    SERVICE,
    `import { IsEmail, IsISO8601, MaxLength } from 'class-validator';\nexport const planted = [IsEmail, IsISO8601, MaxLength];`,
    Array<string>(3).fill('@typescript-eslint/no-restricted-imports'),
  ],
  [
    'a field of a DTO that is described apart from its rules',
    'src/modules/users/users.dto.ts',
    `import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';\nexport const planted = [ApiProperty, ApiPropertyOptional];`,
    Array<string>(2).fill('@typescript-eslint/no-restricted-imports'),
  ],
  [
    'a text that is cut to a fixed length',
    SERVICE,
    `const MAX = 9; export const planted = (text: string): string[] => [text.slice(0, MAX), text.substring(0, 40), text.slice(-MAX)];`,
    Array<string>(3).fill('tenantry/no-cut-text'),
  ],
  [
    'times of numbers and of other times, and texts taken apart',
    SERVICE,
    `const MAX = 9; export const planted = (at: Date, ms: number, text: string, rows: string[]): unknown[] =>
      [new Date(at), new Date(ms + MAX), text.slice(1), text.slice(0, text.indexOf('@')), text.slice(0, -1), rows.slice(0, MAX)];`,
    [],
  ],
];

/** What is wrong in any TypeScript, each in a file of its own. */
const PLANTED_ANYWHERE: [what: string, text: string, rule: string][] = [
  [
    'a promise that nobody waits for',
    'export function planted(): void { Promise.resolve(1); }',
    'typescript(no-floating-promises)',
  ],
  [
    'a promise where a condition belongs',
    'export async function planted(): Promise<number> { await Promise.resolve(); return planted() ? 1 : 2; }',
    'typescript(no-misused-promises)',
  ],
  [
    'a switch that forgets a case',
    `export function planted(state: 'a' | 'b'): number { switch (state) { case 'a': return 1; } return 2; }`,
    'typescript(switch-exhaustiveness-check)',
  ],
  ['an empty catch', 'export function planted(): void { try { JSON.parse(""); } catch {} }', 'eslint(no-empty)'],
  ['a file that is too long', `${'// line\n'.repeat(400)}export const planted = 1;\n`, 'eslint(max-lines)'],
];

describe('the lint rules of this project', () => {
  let broken: Map<string, string[]>;
  beforeAll(() => {
    const input = JSON.stringify(PLANTED.map(([, path, text]) => ({ path, text })));
    const output = execFileSync(process.execPath, [join(import.meta.dirname, 'lint-planted.mjs')], {
      cwd: packageRoot(),
      env: { ...process.env, NODE_OPTIONS: '' },
      input,
      encoding: 'utf8',
    });
    const results = JSON.parse(output) as string[][];
    broken = new Map(PLANTED.map(([what, path], index) => [`${what} in ${path}`, results[index]!]));
  });

  it.each(PLANTED)('judge %s in %s', (what, path, _text, rules) => {
    expect(broken.get(`${what} in ${path}`)).toEqual(rules);
  });
});

describe('the lint rules of oxlint', () => {
  const folder = temporaryFolder();
  let broken: { filename: string; code: string }[];
  beforeAll(() => {
    const root = packageRoot();
    copyFileSync(join(root, '.oxlintrc.json'), join(folder.path, '.oxlintrc.json'));
    symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    const compilerOptions = { strict: true, target: 'es2024', module: 'nodenext', types: [] };
    writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    PLANTED_ANYWHERE.forEach(([, text], index) => writeFileSync(join(folder.path, `planted-${index}.ts`), text));
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json'], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    broken = (JSON.parse(stdout) as { diagnostics: typeof broken }).diagnostics;
  });
  afterAll(() => folder.remove());

  it.each(PLANTED_ANYWHERE.map(([what, , rule], index) => [what, rule, `planted-${index}.ts`]))(
    'judge %s: %s',
    (_what, rule, file) => {
      expect(broken.filter(({ filename }) => filename.endsWith(file!)).map(({ code }) => code)).toEqual([rule]);
    },
  );
});
