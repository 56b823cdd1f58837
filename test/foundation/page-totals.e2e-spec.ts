import { withClient } from '../../scripts/db/connect.ts';
import { rowsRead } from '../support/query-plan.js';
import { createRecordedWorld, type RecordedWorld } from '../support/recorded-world.js';
import type { SentStatement, StatementRecorder } from '../support/statement-recorder.js';
import type { TestDatabase } from '../support/test-database.js';
import type { TenantWorld } from '../support/tenant-world.js';

const USERS = 3000;

let recorded: RecordedWorld;
let database: TestDatabase;
let recorder: StatementRecorder;
let world: TenantWorld;
beforeAll(async () => {
  recorded = await createRecordedWorld();
  ({ database, recorder, world } = recorded);
  await world.tokenOf('owner');
  await withClient(database.adminUrl, async (admin) => {
    await admin.query(
      `INSERT INTO users (tenant_id, id, username, email, first_name, last_name, status)
         SELECT $1, gen_random_uuid(), 'person' || n, 'person' || n || '@example.test', 'Ada' || n, 'ÄRMEL' || n, 'INVITED'
         FROM generate_series(1, ${USERS}) n`,
      [world.tenant.id],
    );
    await admin.query('ANALYZE');
  });
});
afterAll(() => recorded.close());

interface Listed {
  names: string[];
  total: number;
  statements: SentStatement[];
}

async function list(path: string): Promise<Listed> {
  let body: { data: { username?: string }[]; meta: { total: number } } | undefined;
  const statements = await recorder.record(async () => {
    const answer = await world.as('owner').get(path);
    expect(answer.status).toBe(200);
    body = answer.body;
  });
  return { names: body!.data.map(({ username }) => username ?? ''), total: body!.meta.total, statements };
}

const counts = ({ statements }: Listed): number => statements.filter(({ sql }) => /\bcount\(/i.test(sql)).length;

describe('The total of a page', () => {
  it.each(['/users?role=owner', '/workflows', '/lua-scripts', '/api-keys', '/power-transfers', '/approvals'])(
    'is known without counting where a page ends its list: %s',
    async (path) => {
      const page = await list(path);
      expect(page.total).toBe(page.names.length);
      expect(counts(page)).toBe(0);
    },
  );

  it('is counted where there may be more, and behind the end', async () => {
    const full = await list('/users?status=INVITED&limit=20');
    expect(full.total).toBe(USERS);
    expect(counts(full)).toBe(1);
    const last = await list(`/users?status=INVITED&limit=100&page=${USERS / 100}`);
    expect(last.total).toBe(USERS);
    const behind = await list('/users?status=INVITED&limit=100&page=31');
    expect(behind).toMatchObject({ names: [], total: USERS });
  });
});

describe('The total of a list that went on when it was read before', () => {
  const submissions = ({ statements }: Listed): number =>
    statements.filter(({ sql }) => sql.includes('app.enter_tenant')).length;

  it('comes in one round trip with a page, and is counted then, too', async () => {
    const first = await list('/users?status=INVITED&role=member&limit=30');
    expect({ submissions: submissions(first), counts: counts(first) }).toEqual({ submissions: 2, counts: 1 });
    for (const page of [1, 2]) {
      const next = await list(`/users?status=INVITED&role=member&limit=30&page=${page}`);
      expect({ submissions: submissions(next), counts: counts(next) }).toEqual({ submissions: 1, counts: 1 });
      expect(next).toMatchObject({ total: USERS });
    }
  });
});

describe('A search of users', () => {
  it.each([
    ['person', USERS],
    ['PERSON299', 11],
    ['ada12 ärmel12', 111],
    ['nobody-is-called-so', 0],
    ['person1@example.test', 1],
    ['person1\tada1', 1111],
  ])('reads every row once at most: %s', async (search, total) => {
    const page = await list(`/users?limit=20&search=${encodeURIComponent(search)}`);
    expect(page.total).toBe(total);
    expect(page.names).toHaveLength(Math.min(total, 20));
    let rows = 0;
    for (const statement of page.statements.filter(({ sql }) => /FROM\s+("public"\.)?"?users"?/.test(sql))) {
      rows += await rowsRead(database.appUrl, world.tenant.id, statement, 'users', 'custom');
    }
    expect(rows).toBeGreaterThanOrEqual(USERS);
    expect(rows).toBeLessThan(USERS + 100);
  });

  it('sorts, filters and pages as any other list', async () => {
    const all = await list('/users?search=person29&sort=username&limit=100');
    const pages = [];
    for (const page of [1, 2, 3])
      pages.push(...(await list(`/users?search=person29&sort=username&limit=50&page=${page}`)).names);
    expect(pages).toHaveLength(111);
    expect(pages.slice(0, 100)).toEqual(all.names);
    expect([...pages].sort()).toEqual(pages);
    expect((await list('/users?search=person29&role=admin')).total).toBe(0);
    expect((await list('/users?search=person29&page=50')).total).toBe(111);
  });
});
