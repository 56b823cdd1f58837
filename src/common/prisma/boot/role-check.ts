import type { Pool } from 'pg';

interface RoleFacts {
  name: string;
  superuser: boolean;
  bypasses: boolean;
  owns: number;
  owner_member: boolean;
  may_set_config: boolean;
}

const ROLE_FACTS = `
  SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
    (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm')) AS owns,
    (SELECT coalesce(bool_or(pg_has_role(r.oid, o.oid, 'MEMBER')), false) FROM pg_roles o WHERE o.rolname = 'tenantry_owner') AS owner_member,
    has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE') AS may_set_config
  FROM pg_roles r WHERE r.rolname = current_user`;

/**
 * Finds properties of a pool's database role that would disable row-level security. `floor` is true if SQL injected
 * into a statement cannot change the tenant.
 */
export async function checkRole(pool: Pool, variable: string): Promise<{ problems: string[]; floor: boolean }> {
  const { rows } = await pool.query<RoleFacts>(ROLE_FACTS);
  const role = rows[0]!;
  const problems: string[] = [];
  const say = (what: string): number =>
    problems.push(`${variable} signs in as "${role.name}", which ${what}. Run npm run db:setup and use its roles.`);
  if (role.superuser) say('is a superuser, which row-level security does not restrict');
  if (role.bypasses) say('has BYPASSRLS, so row-level security does not restrict it');
  if (role.owns > 0) say('owns tables, so it could turn off their protection');
  if (!role.superuser && role.owner_member) say('is a member of tenantry_owner, so it could turn off the protection');
  return { problems, floor: !role.may_set_config };
}
