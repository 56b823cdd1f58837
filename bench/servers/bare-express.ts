import express from 'express';
import pg from 'pg';

/*
 * The baseline of bench:http: Express and pg, without tenancy, authentication, validation or logs. It returns the same
 * response as GET /api/v1/users?limit=20, from the same two statements.
 */

const { appUrl } = JSON.parse(process.env['BENCH_DATABASE_2']!) as { appUrl: string };
const pool = new pg.Pool({ connectionString: appUrl, max: 10 });
/** If true, uses named prepared statements, as Tenantry does. */
const named = process.env['BENCH_NAMED'] === 'true';

const ROWS = `SELECT id, username, email, first_name AS "firstName", last_name AS "lastName", display_name AS "displayName", avatar_url AS "avatarUrl", bio,
  role, status, timezone, locale, preferences, last_login_at AS "lastLoginAt", version, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM users WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`;
const TOTAL = 'SELECT count(*)::int AS total FROM users WHERE tenant_id = $1';
const LEVELS = ['viewer', 'member', 'manager', 'admin', 'owner'];

const app = express();
app.get('/users', async (request, response) => {
  const tenant = process.env['BENCH_TENANT'];
  const limit = Number(request.query['limit'] ?? 20);
  const page = Number(request.query['page'] ?? 1);
  const [rows, count] = await Promise.all([
    pool.query<{ role: string }>({
      name: named ? 'rows' : undefined,
      text: ROWS,
      values: [tenant, limit, (page - 1) * limit],
    }),
    pool.query<{ total: number }>({ name: named ? 'total' : undefined, text: TOTAL, values: [tenant] }),
  ]);
  const { total } = count.rows[0]!;
  const totalPages = Math.ceil(total / limit);
  response.json({
    data: rows.rows.map((row) => ({ ...row, level: LEVELS.indexOf(row.role) + 1 })),
    meta: { page, limit, total, totalPages, hasNext: page < totalPages, hasPrev: page > 1 },
  });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ msg: 'ready', port: (server.address() as { port: number }).port })}\n`);
});
