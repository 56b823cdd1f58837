import type pg from 'pg';

/** Functions that access other connections, or data that belongs to no tenant. */
const COMMON_GROUND = [
  'pg_terminate_backend',
  'pg_cancel_backend',
  'lo_creat',
  'lo_create',
  'lo_from_bytea',
  'lo_get',
  'lo_open',
  'lo_put',
  'lo_truncate',
  'lo_truncate64',
  'lo_unlink',
  'loread',
  'lowrite',
];
/** All overloads, which differ between versions of PostgreSQL. */
const COMMON_GROUND_FORMS = `pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
  AND proname IN (${COMMON_GROUND.map((name) => `'${name}'`).join(', ')})`;

interface FloorPart {
  /** Statements, or a query that returns one statement per row. */
  revoke: string[] | { fromRows: string };
  /** An expression that is true while the app role still has the right. */
  open: string;
  note: string;
}

/** Rights that injected SQL could use against other tenants. */
const FLOOR: FloorPart[] = [
  {
    revoke: [
      'REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC',
      'GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO tenantry_owner, tenantry_worker',
    ],
    open: `has_function_privilege('tenantry_app', 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')`,
    note: 'the app role can still execute set_config(): injected SQL could change the tenant',
  },
  {
    revoke: [
      'REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC',
      'GRANT USAGE ON LANGUAGE plpgsql TO tenantry_owner, tenantry_worker',
    ],
    open: `has_language_privilege('tenantry_app', 'plpgsql', 'USAGE')`,
    note: 'the app role can still run DO blocks in plpgsql',
  },
  {
    revoke: {
      fromRows: `SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure) AS statement FROM ${COMMON_GROUND_FORMS}`,
    },
    open: `EXISTS (SELECT FROM ${COMMON_GROUND_FORMS} AND has_function_privilege('tenantry_app', oid, 'EXECUTE'))`,
    note: 'the app role can still end other connections of its own, and use large objects, which all tenants share',
  },
  {
    revoke: [],
    open: `has_database_privilege('tenantry_app', current_database(), 'TEMPORARY')`,
    note: 'the app role can still create temporary tables',
  },
];

/**
 * Revokes rights that requests never need but injected SQL would use. Only the owner of these objects (as a rule a
 * superuser) can do so; for others PostgreSQL merely warns, so the result is verified.
 * @returns a sentence for each right that could not be revoked.
 */
export async function raiseInjectionFloor(admin: pg.Client): Promise<string[]> {
  const notes: string[] = [];
  for (const { revoke, open, note } of FLOOR) {
    for (const statement of await statementsOf(admin, revoke)) {
      try {
        await admin.query(statement);
      } catch (error) {
        if ((error as pg.DatabaseError).code !== '42501') throw error;
      }
    }
    if ((await admin.query(`SELECT ${open} AS open`)).rows[0].open) notes.push(note);
  }
  return notes;
}

async function statementsOf(admin: pg.Client, revoke: FloorPart['revoke']): Promise<string[]> {
  if (Array.isArray(revoke)) return revoke;
  const { rows } = await admin.query<{ statement: string }>(revoke.fromRows);
  return rows.map(({ statement }) => statement);
}
