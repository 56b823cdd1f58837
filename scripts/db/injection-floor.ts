import type pg from 'pg';

/** What injected SQL could use to change the tenant, and how to see that the app role may not. */
const FLOOR = [
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
    revoke: [],
    open: `has_database_privilege('tenantry_app', current_database(), 'TEMPORARY')`,
    note: 'the app role can still create temporary tables',
  },
];

/**
 * Takes from everybody what requests never need but injected SQL would. Only the owner of these objects (as a rule a
 * superuser) can; for others PostgreSQL merely warns, so the result is looked at.
 * @returns a sentence for each part of the floor that is missing.
 */
export async function raiseInjectionFloor(admin: pg.Client): Promise<string[]> {
  const notes: string[] = [];
  for (const { revoke, open, note } of FLOOR) {
    for (const statement of revoke) {
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
