import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '../../src/common/config/config.js';
import { packageRoot } from '../../src/common/config/package-root.js';

/** Read by commands, never by the application. */
const COMMANDS_ONLY = [
  'DATABASE_OWNER_URL',
  'DIRECT_URL',
  'SHADOW_DATABASE_URL',
  'DATABASE_ADMIN_URL',
  'TEST_ADMIN_DATABASE_URL',
  'TEST_ROLE_PASSWORDS',
];

interface Entry {
  name: string;
  value: string;
  /** Commented out: the value is the default. */
  isDefault: boolean;
  explanation: string;
}

function readExample(text: string): Entry[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, hash, name, value] = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const above = /^# (?![A-Z0-9_]+=)(.+)$/.exec(lines[index - 1] ?? '')?.[1] ?? '';
    return [{ name, value, isDefault: hash !== undefined, explanation: above }];
  });
}

/** What an example has wrong, in sentences. */
function problemsOf(entries: Entry[]): string[] {
  const config = new Config();
  const expected = [...Object.keys(config), ...COMMANDS_ONLY];
  const names = entries.map(({ name }) => name);
  return [
    ...expected.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names.filter((name) => !expected.includes(name)).map((name) => `${name} is read by nothing`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`),
    ...entries.filter(({ explanation }) => explanation === '').map(({ name }) => `${name} has no explanation`),
    ...entries.filter(({ isDefault, value }) => !isDefault && value !== '').map(({ name }) => `${name} has a value`),
    ...entries
      .filter(({ name, isDefault }) => isDefault !== (config[name as keyof Config] !== undefined))
      .map(({ name }) => `${name} must be commented out exactly when it has a default`),
    ...entries
      .filter(({ name, isDefault, value }) => isDefault && String(config[name as keyof Config]) !== value)
      .map(({ name, value }) => `the default of ${name} is not ${value}`),
  ];
}

describe('.env.example', () => {
  const example = readFileSync(join(packageRoot(), '.env.example'), 'utf8');

  it('names every variable that the program reads, with its default and an explanation', () => {
    expect(problemsOf(readExample(example))).toEqual([]);
  });

  it.each([
    ['a variable that is missing', example.replace(/^# PORT=.*\n/m, ''), 'PORT is missing'],
    ['a variable that nothing reads', `${example}# What for.\nNO_SUCH_THING=\n`, 'NO_SUCH_THING is read by nothing'],
    ['a stale default', example.replace('# PORT=3000', '# PORT=3001'), 'the default of PORT is not 3001'],
    [
      'a secret that was left in',
      example.replace('SMTP_URL=', 'SMTP_URL=smtp://me:secret@host'),
      'SMTP_URL has a value',
    ],
    ['a variable without a word', example.replace(/^# Sender.*\n/m, '\n'), 'MAIL_FROM has no explanation'],
  ])('would be caught with %s', (_what, text, problem) => {
    expect(problemsOf(readExample(text))).toContain(problem);
  });
});
