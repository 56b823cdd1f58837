import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ProjectClone } from '../support/project-clone.js';

const TIMEOUT_MS = 120_000;
const LABELS = `model Label {
  tenantId String @default(dbgenerated("app.tenant_id()")) @map("tenant_id") @db.Uuid
  id       String @default(uuid(7)) @db.Uuid
  name     String
  colour   String?

  tenant Tenant @relation(fields: [tenantId], references: [id], onDelete: Cascade)

  @@id([tenantId, id])
  @@map("migrate_labels")
}
`;

describe('npm run db:migrate', () => {
  const clone = new ProjectClone();
  afterEach(() => clone.stopAll());
  afterAll(() => clone.remove());

  const migrations = (): string[] => readdirSync(clone.file('prisma/migrations')).sort();
  const sqlOf = (name: string): string => clone.file('prisma/migrations', name, 'migration.sql');
  async function migrate(...args: string[]): Promise<{ code: number | string; said: string }> {
    const command = clone.npm(['run', 'db:migrate', '--', ...args]);
    return { code: await command.ended, said: command.lines.join('\n') };
  }

  it(
    'writes and applies without a terminal, protects, and refuses what is not protected before it is applied',
    async () => {
      const before = migrations();
      const lockFile = readFileSync(clone.file('prisma/migrations/migration_lock.toml'), 'utf8');
      const tenants = readFileSync(clone.file('prisma/schema/tenants.prisma'), 'utf8');
      writeFileSync(
        clone.file('prisma/schema/tenants.prisma'),
        tenants.replace(/^model Tenant \{/m, 'model Tenant {\n  migrateLabels Label[]'),
      );
      writeFileSync(clone.file('prisma/schema/labels.prisma'), LABELS);

      expect(await migrate('--name', 'labels', '--create-only')).toMatchObject({ code: 0 });
      const [labels, ...others] = migrations().filter((name) => !before.includes(name));
      expect([labels, ...others]).toEqual([expect.stringMatching(/^\d{14}_labels$/)]);
      const sql = readFileSync(sqlOf(labels!), 'utf8');
      const protection = "SELECT app.protect_table('migrate_labels');";
      expect(sql).toContain(protection);
      expect(readFileSync(clone.file('prisma/migrations/migration_lock.toml'), 'utf8')).toBe(lockFile);

      // Somebody takes the line away: nothing is applied, and the message names it.
      writeFileSync(sqlOf(labels!), sql.replace(protection, ''));
      const refused = await migrate();
      expect(refused.code).toBe(1);
      expect(refused.said).toContain(`${labels}/migration.sql line 2: the table migrate_labels is not protected`);
      expect(refused.said).toContain(protection);
      writeFileSync(sqlOf(labels!), sql);
      expect(await migrate()).toMatchObject({ code: 0 });

      const again = await migrate('--name', 'nothing');
      expect(again.said).toContain('Nothing in prisma/schema has changed');

      // What loses data is written, shown, and applied only when asked a second time.
      writeFileSync(clone.file('prisma/schema/labels.prisma'), LABELS.replace(/^ {2}colour.*\n/m, ''));
      const losing = await migrate('--name', 'no_colour');
      expect(losing.said).toMatch(/deletes data, so it has not been applied[\s\S]*DROP COLUMN "colour"/);
      expect(await migrate()).toMatchObject({ code: 0 });
      expect((await migrate('--name', 'Bad Name')).said).toContain('Usage:');

      // Its tables stay when a migration is removed: that is said, with the way out.
      const [newest] = migrations().filter((name) => name.endsWith('_no_colour'));
      rmSync(clone.file('prisma/migrations', newest!), { recursive: true });
      expect((await migrate()).said).toMatch(
        new RegExp(`no longer in prisma/migrations: ${newest}\\.[\\s\\S]*npm run db:reset`),
      );
    },
    TIMEOUT_MS,
  );
});
