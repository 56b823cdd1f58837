import type pg from 'pg';

/** Whose each id in the tables of tenants is: id → those of the given tenants that have it. */
export async function rowOwners(admin: pg.Pool, tenants: string[]): Promise<Map<string, Set<string>>> {
  const { rows: columns } = await admin.query<{ table: string; column: string }>(
    `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
     JOIN information_schema.columns t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.column_name = 'tenant_id'
     WHERE c.table_schema = 'public' AND c.data_type = 'uuid'`,
  );
  const query = columns
    .map(
      ({ table, column }) =>
        `SELECT tenant_id AS tenant, "${column}"::text AS id FROM "${table}" WHERE tenant_id = ANY ($1)`,
    )
    .join(' UNION ');
  const { rows } = await admin.query<{ tenant: string; id: string | null }>(query, [tenants]);
  const owners = new Map<string, Set<string>>();
  for (const { tenant, id } of [...rows, ...tenants.map((tenant) => ({ tenant, id: tenant }))]) {
    if (id) owners.set(id, (owners.get(id) ?? new Set()).add(tenant));
  }
  return owners;
}
