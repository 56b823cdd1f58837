import { jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import fc from 'fast-check';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { InvalidInputError } from '../../src/common/errors/app-error.js';
import { validated } from '../../src/common/http/validated.js';
import { UpdateTenantDto } from '../../src/modules/tenants/tenants.dto.js';
import { CreateApiKeyDto } from '../../src/modules/users/api-keys/api-keys.dto.js';
import { CreateUserDto, UpdateUserDto } from '../../src/modules/users/users.dto.js';
import { CreateLuaScriptDto } from '../../src/modules/scripting/lua-scripts/lua-scripts.dto.js';
import { UpdateWorkflowDto } from '../../src/modules/workflows/workflows.dto.js';
import { uniqueName } from '../support/unique-name.js';
import { TenantWorld } from '../support/tenant-world.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

/** What is counted, lowered or composed differently by different programs. */
const UNITS = [
  ...[
    'a',
    'Z',
    '0',
    '-',
    '.',
    '_',
    ' ',
    '@',
    '❤️',
    '👩‍🚀',
    '\u{1F600}',
    '\u{10400}',
    'e\u0301',
    '\u00e9',
    '\u0301',
    '\u200d',
  ],
  ...[
    'İ',
    'ẞ',
    'ﬁ',
    'Σ',
    'ǅ',
    '\u212a',
    '\u1e9e',
    '한',
    '\u1112\u1161\u11ab',
    '\ud800',
    '\udc00',
    '\0',
    '\n',
    '\u2028',
    '\u3000',
  ],
];
const unit = fc.constantFrom(...UNITS);
/** On both sides of every limit, in code points and in UTF-16. */
const LENGTHS = [
  0, 1, 2, 3, 49, 50, 51, 63, 64, 99, 100, 101, 127, 128, 199, 200, 253, 254, 255, 256, 1000, 2000, 2048,
];

const text = fc.oneof(
  fc.tuple(unit, fc.constantFrom(...LENGTHS), unit).map(([one, times, last]) => one.repeat(times) + last),
  fc.tuple(unit, fc.constantFrom(...LENGTHS)).map(([one, times]) => one.repeat(times)),
  fc.array(unit, { maxLength: 60 }).map((units) => units.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const address = fc
  .tuple(
    fc.oneof(unit, text),
    fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 64 })), { minLength: 1, maxLength: 5 }),
  )
  .map(([local, labels]) => `${local}@${labels.map(([one, times]) => one.repeat(times)).join('.')}.example`);

const EXAMPLES: Record<string, string> = {
  email: 'ada@bücher.example',
  adminEmail: 'ada@bücher.example',
  billingEmail: 'ada@bücher.example',
  avatarUrl: 'https://example.com/a.png',
  domain: 'app.example.com',
  locale: 'en',
  defaultLocale: 'en',
  timezone: 'Europe/Paris',
};

/** As many as fit by a count that leaves variation selectors out, and too many by the database's. */
const AT_LIMITS = [35, 50, 51, 100, 128, 255].map((times) => '❤️'.repeat(times));

type Written = Record<string, unknown>;

/** A column, the class that decides what may stand in it, and how it is written and read back. */
interface Column {
  readonly dto: Type<object>;
  readonly body: object;
  readonly write: (data: Written) => Promise<Written | undefined>;
  readonly fields: readonly string[];
}

describe('A text that passes validation', () => {
  let test: TestApp;
  let world: TenantWorld;
  let ids: Record<'user' | 'workflow' | 'script' | 'key', string>;
  const prisma = () => test.app.get(PrismaService);
  const platform = () => test.app.get(PlatformPrismaService);
  const inTenant = <T>(work: () => Promise<T>) => world.make.inTenant(world.tenant, work);

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
    const made = async (path: string, body: object): Promise<string> => {
      const { body: row } = await world.as('owner').post(path, body);
      return (row as { id: string }).id;
    };
    ids = {
      user: await world.idOf('member'),
      workflow: await made('/workflows', { name: uniqueName('flow') }),
      script: await made('/lua-scripts', { name: uniqueName('script'), code: 'return 1' }),
      key: await made('/api-keys', { name: 'a program' }),
    };
  });
  afterAll(() => test.close());

  const COLUMNS: Record<string, Column> = {
    users: {
      dto: UpdateUserDto,
      body: {},
      write: async (data) =>
        (await inTenant(() => prisma().user.updateManyAndReturn({ where: { id: ids.user }, data })))[0],
      fields: ['email', 'username', 'firstName', 'lastName', 'displayName', 'avatarUrl', 'bio', 'locale', 'timezone'],
    },
    'new users': {
      dto: CreateUserDto,
      body: { email: 'ada@example.com', username: 'ada', role: 'member' },
      write: async ({ role: _, password: __, ...data }) =>
        (await inTenant(() => prisma().user.updateManyAndReturn({ where: { id: ids.user }, data })))[0],
      fields: ['email', 'username', 'firstName', 'lastName'],
    },
    tenants: {
      dto: UpdateTenantDto,
      body: {},
      write: async (data) =>
        (
          await platform().tenant.updateManyAndReturn({ where: { id: world.other.id }, data: data as { name: string } })
        )[0],
      fields: ['name', 'domain', 'adminEmail', 'billingEmail', 'dataRegion', 'defaultLocale'],
    },
    workflows: {
      dto: UpdateWorkflowDto,
      body: {},
      write: async (data) =>
        (await inTenant(() => prisma().workflow.updateManyAndReturn({ where: { id: ids.workflow }, data })))[0],
      fields: ['name', 'description'],
    },
    scripts: {
      dto: CreateLuaScriptDto,
      body: { name: 'x', code: 'return 1' },
      write: async ({ name, code, description }) =>
        (
          await inTenant(() =>
            prisma().luaScript.updateManyAndReturn({
              where: { id: ids.script },
              data: { name: String(name), code: String(code), description: description as string | undefined },
            }),
          )
        )[0],
      fields: ['name', 'code', 'description'],
    },
    keys: {
      dto: CreateApiKeyDto,
      body: {},
      write: async ({ name }) =>
        (
          await inTenant(() =>
            prisma().apiKey.updateManyAndReturn({ where: { id: ids.key }, data: { name: String(name) } }),
          )
        )[0],
      fields: ['name'],
    },
  };

  const cases = Object.entries(COLUMNS).flatMap(([table, column]) =>
    column.fields.map((field): [string, string, Column] => [table, field, column]),
  );
  it.each(cases)('is never refused by the database: %s.%s', async (_table, field, { dto, body, write }) => {
    const values = /email/i.test(field) ? fc.oneof(address, text) : field === 'avatarUrl' ? text.map(asUrl) : text;
    let written = 0;
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const data = await whatPasses(dto, { ...body, [field]: value });
        if (!data) return;
        const row = await write(data);
        expect(row?.[field]).toBe(data[field]);
        written += 1;
      }),
      { numRuns: 60, examples: [EXAMPLES[field] ?? 'example', ...AT_LIMITS].map((value): [string] => [value]) },
    );
    expect(written).toBeGreaterThan(0);
  });

  it('is counted as the database counts it, on both sides of a limit', async () => {
    const astronauts = (count: number): string => '👩‍🚀'.repeat(count / 3);
    expect(await whatPasses(UpdateWorkflowDto, { name: astronauts(255) })).toMatchObject({ name: astronauts(255) });
    expect(await whatPasses(UpdateWorkflowDto, { name: astronauts(258) })).toBeUndefined();
    const hearts = await world.as('owner').post('/workflows', { name: '❤️'.repeat(128) });
    expect(hearts.status).toBe(400);
    expect(hearts.body.errors).toEqual([
      { pointer: '/name', code: 'length', detail: 'name must have 1 to 255 characters.' },
    ]);
  });

  it('keeps its whole characters when a copy of it is made', async () => {
    const name = `${uniqueName('w')} ${'\u{1F600}'.repeat(200)}`.padEnd(300, '\u{1F600}');
    const long = Array.from(name).slice(0, 255).join('');
    const { body: original } = await world.as('owner').post('/workflows', { name: long });
    const copy = await world
      .as('owner')
      .post('/dbal/operations/duplicate_workflow', { input: { workflowId: original.id } });
    expect(copy.status).toBe(200);
    expect(copy.body.result.name).toBe(`${Array.from(long).slice(0, 248).join('')} (copy)`);
  });
});

function asUrl(path: string): string {
  return `https://example.com/${path}`;
}

/** Undefined for what validation refuses. */
async function whatPasses(dto: Type<object>, body: object): Promise<Written | undefined> {
  try {
    return Object.fromEntries(Object.entries(validated(dto, body, '')).filter(([, value]) => value !== undefined));
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
