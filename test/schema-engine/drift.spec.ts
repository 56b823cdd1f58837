import { jest } from '@jest/globals';
import { testServer } from '../support/test-server.js';
import { PROJECT_ROOT, PrismaProject, runPrisma } from './prisma-project.js';

jest.setTimeout(120_000);

describe('prisma migrate diff over the bridge', () => {
  let project: PrismaProject;
  beforeEach(async () => {
    project = await PrismaProject.create();
    await project.prisma('db push');
  });
  afterEach(() => project.remove());

  const DIFF = 'migrate diff --from-config-datasource --to-schema schema.prisma --exit-code';

  it.each([
    ['a column', 'ALTER TABLE "Thing" ADD COLUMN planted int', 'planted'],
    ['a table', "CREATE TABLE planted (id int PRIMARY KEY, note text CHECK (note <> ''))", 'planted'],
    ['an index', 'CREATE INDEX planted ON "Thing" (id)', 'index'],
  ])('exits with 2 and names %s that only the database has', async (_what, sql, named) => {
    await project.query(sql);
    const { code, output } = await project.prisma(DIFF);
    expect(output).toContain(named);
    expect(code).toBe(2);
  });

  it('exits with 0 and says so when nothing differs', async () => {
    const { code, output } = await project.prisma(DIFF);
    expect(output).toContain('No difference detected');
    expect(code).toBe(0);
  });

  it('needs no database to compare files', async () => {
    const { code, output } = await project.prisma('migrate diff --from-empty --to-schema schema.prisma --script', {
      DATABASE_OWNER_URL: '',
    });
    expect(output).toContain('CREATE TABLE "Thing"');
    expect(code).toBe(0);
  });
});

describe("the project's own schema", () => {
  it('is what its migrations make, without any accepted difference', async () => {
    const { code, output } = await runPrisma(
      PROJECT_ROOT,
      'migrate diff --from-migrations prisma/migrations --to-schema prisma/schema --exit-code'.split(' '),
      { DATABASE_OWNER_URL: testServer().adminUrl },
    );
    expect(output).toContain('No difference detected');
    expect(code).toBe(0);
  });

  it.each(['validate', 'format --check'])(
    'passes prisma %s without a database and without a download',
    async (command) => {
      const { code } = await runPrisma(PROJECT_ROOT, command.split(' '), {
        PRISMA_SCHEMA_ENGINE_BINARY: '',
        PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:1',
      });
      expect(code).toBe(0);
    },
  );
});
