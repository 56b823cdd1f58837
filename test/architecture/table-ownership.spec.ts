import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';
import { sourceFiles, type SourceFile } from './source-files.js';
import { readTables, type Table, tablesUsedIn, writes } from './table-uses.js';

/** Files that use tables of another owner, and why that is right. Anything else asks the owner's service or its read model. */
const EXCEPTIONS: { path: string; tables: string[]; because: string }[] = [
  {
    path: 'src/common/auth/identity.read-model.ts',
    tables: ['tenants', 'users', 'sessions', 'api_keys', 'platform_sessions'],
    because: 'Every request identifies its caller in one statement, below all modules.',
  },
  {
    path: 'src/common/queue/tenant-states.read-model.ts',
    tables: ['tenants'],
    because: 'Whether a tenant is active decides whether a task runs, below all modules.',
  },
  {
    path: 'src/common/prisma/boot/leak-self-test.ts',
    tables: ['tenancy_probe'],
    because: 'The table exists for this self-test.',
  },
  {
    path: 'src/modules/tenants/tenant-usage.read-model.ts',
    tables: ['users', 'api_keys', 'lua_scripts', 'workflows', 'workflow_runs'],
    because: 'It counts what plans limit, in one statement; it only counts.',
  },
  {
    path: 'src/modules/users/user-rights.read-model.ts',
    tables: ['tenants'],
    because: 'Role and status of the tenant are confirmed together, in one statement per write of a run.',
  },
  {
    path: 'src/modules/scripting/lua-scripts/uses/script-uses.repository.ts',
    tables: ['workflows'],
    because:
      'It records which workflow uses which script, and locks the workflows of a script while their version changes.',
  },
  {
    path: 'src/modules/scripting/lua-scripts/versions/script-versions.repository.ts',
    tables: ['workflow_runs'],
    because: 'A version is deleted only if no run uses it, which the same statement decides.',
  },
  {
    path: 'src/modules/workflows/versions/workflow-versions.repository.ts',
    tables: ['workflow_runs'],
    because: 'A version is deleted only if no run uses it, which the same statement decides.',
  },
  {
    path: 'src/modules/workflows/handovers/workflow-owners.repository.ts',
    tables: ['users', 'workflow_scripts'],
    because:
      'It locks the workflows that somebody below the new role of their owner has decided on: one condition over all three.',
  },
  {
    path: 'src/modules/workflow-runs/runs.repository.ts',
    tables: ['workflows'],
    because: 'The current owner of a workflow decides who may steer its runs, in the transaction of that change.',
  },
  {
    path: 'src/modules/workflow-runs/admission/run-admission.repository.ts',
    tables: ['workflows'],
    because: 'Runs are admitted by the limits in the settings of their workflows, in one statement under a lock.',
  },
  {
    path: 'src/modules/workflow-runs/approvals/waiting-approvals.repository.ts',
    tables: ['workflows'],
    because: 'Each page of approvals shows the names of its workflows, joined in one statement.',
  },
  {
    path: 'src/modules/workflow-runs/cancellation/run-cancellations.repository.ts',
    tables: ['workflows'],
    because: 'It selects runs by the owners of their workflows while it locks them.',
  },
  {
    path: 'src/modules/workflow-runs/engine/run-leases.repository.ts',
    tables: ['workflow_scripts'],
    because: 'A run keeps the versions of scripts that its workflow uses at that moment: one statement inserts them.',
  },
  {
    path: 'src/modules/workflow-runs/hooks/hook-addresses.repository.ts',
    tables: ['workflows'],
    because: 'Every delivery reads the address, its secret and the configuration of its trigger in one statement.',
  },
];

const ownerOf = (path: string): string | undefined => /^src\/(?:modules|common)\/([^/]+)\//.exec(path)?.[1];

function foreignUses(files: SourceFile[], tables: Table[]): { path: string; table: Table }[] {
  return files.flatMap((file) =>
    tablesUsedIn(file, tables)
      .filter(({ owner }) => owner !== ownerOf(file.path))
      .map((table) => ({ path: file.path, table })),
  );
}

function problemsOf(files: SourceFile[], tables: Table[], exceptions = EXCEPTIONS): string[] {
  return foreignUses(files, tables)
    .filter(({ path, table }) => !exceptions.some((it) => it.path === path && it.tables.includes(table.name)))
    .map(
      ({ path, table }) =>
        `${path} uses the table ${table.name}, which belongs to "${table.owner}" (prisma/schema/${table.owner}.prisma). ` +
        `Ask the service of "${table.owner}", or a *.read-model.ts that it exports.`,
    );
}

describe('Table ownership', () => {
  const tables = readTables(sourceFiles(['prisma/schema'], ['.prisma']));
  const files = sourceFiles(['src'], ['.ts']).filter(({ path }) => !/\.(spec|fake)\.ts$/.test(path));

  it('gives every schema file with tables to a module or to a folder of common', () => {
    const owners = [...new Set(tables.map(({ owner }) => owner))];
    const homeless = owners.filter(
      (owner) => !['src/modules', 'src/common'].some((folder) => existsSync(join(packageRoot(), folder, owner))),
    );
    expect(homeless).toEqual([]);
  });

  it('is respected by every file of the program, apart from the listed exceptions', () => {
    expect(tables.length).toBeGreaterThan(20);
    expect(problemsOf(files, tables)).toEqual([]);
  });

  it('has no exception that is no longer needed', () => {
    const uses = foreignUses(files, tables).map(({ path, table }) => `${path}: ${table.name}`);
    const listed = EXCEPTIONS.flatMap(({ path, tables: names }) => names.map((name) => `${path}: ${name}`));
    expect(listed.filter((use) => !uses.includes(use))).toEqual([]);
  });

  it('finds the tables that are known to be used', () => {
    const found = files.flatMap((file) => tablesUsedIn(file, tables).map(({ name }) => name));
    expect(tables.map(({ name }) => name).filter((name) => !found.includes(name))).toEqual([]);
  });

  it('lets read models only read', () => {
    const readModels = files.filter(({ path }) => path.endsWith('.read-model.ts'));
    expect(readModels.length).toBeGreaterThan(3);
    expect(readModels.filter(writes).map(({ path }) => path)).toEqual([]);
  });
});

describe('A planted use of a foreign table', () => {
  const tables = readTables([
    {
      path: 'prisma/schema/users.prisma',
      text: 'model User {\n  id String\n  labels Label[]\n  @@map("users")\n}\n',
    },
    {
      path: 'prisma/schema/labels.prisma',
      text: 'model Label {\n  id String\n  user User @relation()\n  @@map("labels")\n}\n',
    },
  ]);
  const IMPORT = "import { PrismaService } from '../../common/prisma/prisma.service.js';\n";
  const planted = (body: string, name = 'labels.repository.ts'): SourceFile[] => [
    { path: `src/modules/labels/${name}`, text: `${IMPORT}${body}` },
  ];

  it.each([
    ['a method of Prisma', 'this.prisma.user.findMany({})'],
    ['a delegate that is handed on', 'const table = this.prisma.user;'],
    ['a filter through a relation', "this.prisma.label.findMany({ where: { user: { role: 'owner' } } })"],
    ['a selected relation', 'this.prisma.label.findMany({ select: { user: true } })'],
    ['SQL', 'this.prisma.$queryRaw`SELECT 1 FROM labels, users u`'],
    ['SQL in parts', 'Prisma.sql`AND EXISTS (SELECT FROM users WHERE id = ${id})`'],
    ['the name of the table', "searchPage(this.prisma, { table: 'users' })"],
  ])('is refused in %s', (_title, body) => {
    expect(problemsOf(planted(body), tables)).toEqual([
      'src/modules/labels/labels.repository.ts uses the table users, which belongs to "users" (prisma/schema/users.prisma). ' +
        'Ask the service of "users", or a *.read-model.ts that it exports.',
    ]);
  });

  it.each([
    ['a table of its own', 'this.prisma.label.findMany({ select: { id: true } })'],
    ['SQL on a table of its own', 'this.prisma.$queryRaw`SELECT user_id AS "users" FROM labels`'],
    ['something else of that name', "this.members.user.name; const path = '/users';"],
  ])('is not seen in %s', (_title, body) => {
    expect(problemsOf(planted(body), tables)).toEqual([]);
  });

  it('is accepted as a listed exception', () => {
    const exception = { path: 'src/modules/labels/labels.repository.ts', tables: ['users'], because: 'a test' };
    expect(problemsOf(planted('this.prisma.user.count()'), tables, [exception])).toEqual([]);
  });

  it.each([
    ['this.prisma.label.updateMany({})', true],
    ['this.prisma.$executeRaw`DELETE FROM labels`', true],
    ['this.prisma.$queryRaw`SELECT 1 FROM labels FOR UPDATE`', false],
    ['this.prisma.label.findMany({})', false],
  ])('of a read model: %s', (body, isWrite) => {
    expect(planted(body, 'labels.read-model.ts').some(writes)).toBe(isWrite);
  });
});
