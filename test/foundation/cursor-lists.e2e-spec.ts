import { withClient } from '../../scripts/db/connect.ts';
import { writeCursor } from '../../src/common/contracts/page.js';
import { type PlanKind, rowsRead } from '../support/query-plan.js';
import { createRecordedWorld, type RecordedWorld } from '../support/recorded-world.js';
import type { StatementRecorder } from '../support/statement-recorder.js';
import type { TestDatabase } from '../support/test-database.js';
import type { TenantWorld } from '../support/tenant-world.js';

/*
 * How much of a table a page of a list reads: counted by the server, not timed. The rows fit one filter in a hundred, and every ten of
 * them are of the same moment. In a database of its own: what the server knows of the tables is the same every time.
 */

const ROWS = 20_000;
const LIMIT = 20;

/** Every list that pages by cursor, its table and the filters that have to find their place in an index. */
const LISTS: Record<string, { table: string; queries: string[] }> = {
  '/auth/sessions': { table: 'sessions', queries: [''] },
  '/audit-log': {
    table: 'audit_log',
    queries: [
      '',
      'actorKind=platform',
      'actorId=ID',
      'action=rare.done',
      'action=rare.*',
      'action=r*',
      'targetType=rare',
      'targetId=rare',
      'outcome=denied',
      'outcome=failed',
      'from=2020-01-01T00:00:00Z',
    ],
  },
  '/workflow-runs': {
    table: 'workflow_runs',
    queries: ['', 'workflowId=ID', 'status=failed', 'trigger=webhook', 'ownerId=ID', 'from=2020-01-01T00:00:00Z'],
  },
  '/workflows/{id}/runs': { table: 'workflow_runs', queries: [''] },
};

const RARE = '00000000-0000-7000-8000-0000000000aa';

/** $1: the tenant, $2: its owner, $3: rows, $4: an id that one in a hundred has. */
const FILL = [
  `INSERT INTO audit_log (tenant_id, id, actor_kind, actor_id, action, target_type, target_id, outcome, created_at)
   SELECT $1::uuid, gen_random_uuid(), CASE WHEN rare THEN 'platform' ELSE 'user' END, CASE WHEN rare THEN $4::uuid ELSE $2::uuid END,
     CASE WHEN rare THEN 'rare.done' ELSE 'common.done_' || n % 50 END, CASE WHEN rare THEN 'rare' ELSE 'common' END,
     CASE WHEN rare THEN 'rare' ELSE n::text END,
     CASE WHEN n % 200 = 0 THEN 'denied' WHEN rare THEN 'failed' ELSE 'done' END, now() - n / 10 * interval '1 second'
   FROM (SELECT n, n % 100 = 0 AS rare FROM generate_series(1, $3::int) n) g`,
  `INSERT INTO workflows (tenant_id, id, name, user_id)
   SELECT $1::uuid, id, id::text, $2::uuid FROM unnest(ARRAY[$4::uuid, gen_random_uuid()]) id WHERE $3::int > 0`,
  `INSERT INTO workflow_versions (tenant_id, workflow_id, number, definition)
   SELECT tenant_id, id, 1, '{}' FROM workflows WHERE tenant_id = $1 AND $2::uuid = user_id AND $3::int > 0 AND $4::uuid IS NOT NULL`,
  `INSERT INTO workflow_runs (tenant_id, id, workflow_id, workflow_version, status, trigger, owner_id, created_at)
   SELECT $1::uuid, gen_random_uuid(), CASE WHEN n % 100 = 0 THEN $4::uuid ELSE other.id END, 1,
     CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'succeeded' END, CASE WHEN n % 100 = 0 THEN 'webhook' ELSE 'manual' END,
     CASE WHEN n % 100 = 0 THEN $4::uuid ELSE $2::uuid END, now() - n / 10 * interval '1 second'
   FROM generate_series(1, $3::int) n, (SELECT id FROM workflows WHERE tenant_id = $1 AND id <> $4::uuid) other`,
  `INSERT INTO sessions (tenant_id, id, family_id, user_id, token_hash, expires_at, created_at, revoked_at)
   SELECT $1::uuid, gen_random_uuid(), gen_random_uuid(), $2::uuid, n::text, now() + interval '1 day', now() - n / 10 * interval '1 second',
     CASE WHEN n % 10 <> 0 THEN now() END
   FROM generate_series(1, $3::int) n WHERE $4::uuid IS NOT NULL`,
  // Most people have one session: by the average, all of a person's are as few as one of them.
  `INSERT INTO users (tenant_id, id, username, email)
   SELECT $1::uuid, gen_random_uuid(), 'u' || n, 'u' || n || '@example.test'
   FROM generate_series(1, $3::int / 4) n WHERE $2::uuid <> $4::uuid`,
  `INSERT INTO sessions (tenant_id, id, family_id, user_id, token_hash, expires_at)
   SELECT tenant_id, gen_random_uuid(), gen_random_uuid(), id, id::text, now() + interval '1 day'
   FROM users WHERE tenant_id = $1 AND id <> $2::uuid AND id <> $4::uuid AND $3::int > 0`,
];

let recorded: RecordedWorld;
let database: TestDatabase;
let recorder: StatementRecorder;
let world: TenantWorld;

beforeAll(async () => {
  recorded = await createRecordedWorld();
  ({ database, recorder, world } = recorded);
  const { id, owner } = world.tenant;
  await withClient(database.adminUrl, async (admin) => {
    for (const statement of FILL) {
      await admin.query(statement, [id, owner.id, ROWS, RARE]);
      await admin.query('ANALYZE users, sessions, audit_log, workflows, workflow_versions, workflow_runs');
    }
  });
}, 120_000);
afterAll(() => recorded.close());

/** The place behind most of the table's rows. */
async function deepCursor(table: string): Promise<string> {
  return withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ id: string; createdAt: Date }>(
      `SELECT id, date_trunc('milliseconds', created_at) AS "createdAt" FROM ${table} WHERE tenant_id = $1
         ORDER BY created_at DESC, id DESC OFFSET ${ROWS - ROWS / 4} LIMIT 1`,
      [world.tenant.id],
    );
    return writeCursor(rows[0]!);
  });
}

/** Rows of the table that the request reads. */
async function readBy(path: string, table: string, kind: PlanKind): Promise<{ rows: number; shown: number }> {
  let shown = 0;
  // Whoever asks is signed in first: that is a row, too.
  await world.tokenOf('owner');
  const sent = await recorder.record(async () => {
    const { status, body } = await world.as('owner').get(path);
    expect(status).toBe(200);
    shown = body.data.length;
  });
  const statements = sent.filter(({ sql }) => /^\s*(SELECT|WITH)\b/.test(sql) && sql.includes(table));
  let rows = 0;
  for (const statement of statements) rows += await rowsRead(database.appUrl, world.tenant.id, statement, table, kind);
  expect(statements.length).toBeGreaterThan(0);
  return { rows, shown };
}

describe('Lists that page by cursor', () => {
  it('are all covered by this test', async () => {
    const { body } = await world.http.get('/api/openapi.json');
    const paths = Object.entries(body.paths as Record<string, { get?: { parameters?: { name: string }[] } }>)
      .filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'cursor'))
      .map(([path]) => path.replace('/api/v1', ''));
    expect(paths.sort()).toEqual(Object.keys(LISTS).sort());
  });

  const cases = Object.entries(LISTS).flatMap(([path, { table, queries }]) =>
    queries.map((query) => [`${path}?${query}`, path, table, query] as const),
  );
  it.each(cases)('read little more than they show, also far behind: %s', async (_, path, table, query) => {
    const filter = query.replace('ID', RARE);
    const base = `${path.replace('{id}', RARE)}?limit=${LIMIT}${filter && `&${filter}`}`;
    const cursor = await deepCursor(table);
    for (const kind of ['custom', 'generic'] as const) {
      for (const page of [base, `${base}&cursor=${cursor}`]) {
        const { rows, shown } = await readBy(page, table, kind);
        expect(shown).toBe(LIMIT);
        // A beginning of actions looks up what actions there are: one or two rows for each.
        expect(rows).toBeLessThan(filter.includes('*') ? 200 : 4 * LIMIT);
      }
    }
  });
});
