import { splitSql, type SqlStatement } from './sql-statements.ts';

/** Syntax that PostgreSQL 15, the oldest supported server, does not have, with the version that introduced it. */
const TOO_NEW: [version: number, pattern: RegExp][] = [
  [
    16,
    /\b(any_value|array_shuffle|array_sample|random_normal|pg_input_is_valid|pg_input_error_info|erfc?|date_add|date_subtract)\s*\(/i,
  ],
  [16, /\b(json_array|json_object|json_arrayagg|json_objectagg)\s*\(/i],
  [16, /\bIS\s+(NOT\s+)?JSON\b/i],
  [16, /\bSYSTEM_USER\b/i],
  [16, /\bGRANT\b[^;]*\bWITH\s+(INHERIT|SET)\b/i],
  [16, /\b0[xob][0-9a-f_]+\b|\b\d+_\d+\b/i],
  [17, /\b(json_table|json_exists|json_query|json_value|json_scalar|json_serialize|merge_action)\s*\(/i],
  [17, /\b(to_bin|to_oct|xmltext|pg_basetype|uuid_extract_timestamp|uuid_extract_version)\s*\(/i],
  [17, /\bMERGE\b[^;]*\bRETURNING\b/i],
  [17, /\bBY\s+SOURCE\b/i],
  [17, /\b(transaction_timeout|AT\s+LOCAL|ON_ERROR)\b/i],
  [17, /\bGRANT\b[^;]*\bMAINTAIN\b/i],
  [18, /\b(uuidv4|uuidv7|casefold|array_sort|array_reverse|crc32c?|gamma|lgamma)\s*\(/i],
  [18, /\bWITHOUT\s+OVERLAPS\b|,\s*PERIOD\b/i],
  [18, /\bGENERATED\s+ALWAYS\s+AS\b[^;]*\bVIRTUAL\b/i],
  [18, /\bNOT\s+ENFORCED\b/i],
  [18, /\bRETURNING\b[^;]*\b(old|new)\./i],
];

/**
 * Returns the places where a script requires a newer server than 15. Bodies of functions and literals are searched as
 * well, since they may contain SQL.
 */
export function newerThanOldest(script: string): string[] {
  return splitSql(script).flatMap(({ line, text }) =>
    TOO_NEW.flatMap(([version, pattern]) => {
      const found = pattern.exec(text)?.[0];
      return found === undefined
        ? []
        : [`line ${line}: "${found.replace(/\s+/g, ' ').slice(0, 60)}" is new in PostgreSQL ${version}`];
    }),
  );
}

const TABLE = '(?:ONLY\\s+)?(?:"?public"?\\.)?"?(\\w+)"?';
const WRITE = new RegExp(`\\b(?:UPDATE|DELETE\\s+FROM|INSERT\\s+INTO|MERGE\\s+INTO)\\s+${TABLE}`, 'gi');
const PROTECTED = /\bprotect_table\s*\(\s*'(?:public\.)?"?(\w+)"?'/gi;

/**
 * Returns writes to tenant tables that would change nothing: rows of a protected table are hidden from the owner as
 * well, so a migration must use `app.for_each_tenant`.
 * @param scripts in the order in which they are applied.
 */
export function bareWrites(scripts: { path: string; text: string }[]): string[] {
  const isProtected = new Set<string>();
  const problems: string[] = [];
  for (const { path, text } of scripts) {
    for (const statement of splitSql(text)) {
      for (const [, table] of runsNow(statement).matchAll(WRITE)) {
        if (isProtected.has(table!))
          problems.push(`${path} line ${statement.line}: writes ${table} outside app.for_each_tenant`);
      }
      for (const [, table] of statement.text.matchAll(PROTECTED)) isProtected.add(table!);
    }
  }
  return problems;
}

const CREATED = new RegExp(`^CREATE\\s+(?:UNLOGGED\\s+)?TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${TABLE}`, 'i');
/** Tables that have a tenant_id but belong to the platform; their own policies say who may read them. */
const GLOBAL_TABLES = ['tenant_provisioning_steps'];

/**
 * Returns a message for each table with a tenant_id that no script protects, with the line to add.
 * @param scripts in the order in which they are applied.
 */
export function unprotectedTables(scripts: { path: string; text: string }[]): string[] {
  const everything = scripts.flatMap(({ path, text }) => splitSql(text).map((statement) => ({ path, ...statement })));
  return withoutProtection(everything).map(
    ({ path, line, table }) =>
      `${path} line ${line}: the table ${table} is not protected, so every tenant would see its rows. ` +
      `Add to the file: SELECT app.protect_table('${table}');`,
  );
}

/** Returns the tables with a tenant_id that the script creates without protecting them. */
export function unprotectedIn(script: string): string[] {
  return withoutProtection(splitSql(script)).map(({ table }) => table);
}

function withoutProtection<Statement extends SqlStatement>(statements: Statement[]): (Statement & { table: string })[] {
  const calls = statements.flatMap(({ text }) => [...text.matchAll(PROTECTED)]);
  const exempt = new Set([...GLOBAL_TABLES, ...calls.map(([, table]) => table!)]);
  return statements.flatMap((statement) => {
    const table = CREATED.exec(statement.code)?.[1];
    const isOpen = table !== undefined && /\btenant_id\b/.test(statement.code) && !exempt.has(table);
    return isOpen ? [{ ...statement, table }] : [];
  });
}

/**
 * Returns the code that a statement executes itself: for a DO block its body, for any other its own text without
 * literals.
 */
function runsNow({ text, code }: SqlStatement): string {
  if (!/^DO\b/i.test(code)) return /^(CREATE|ALTER|COMMENT|GRANT|REVOKE)\b/i.test(code) ? '' : code;
  const body = /\$(\w*)\$([\s\S]*)\$\1\$/.exec(text)?.[2] ?? '';
  return splitSql(body)
    .map((inner) => (/\bEXECUTE\b/i.test(inner.code) ? inner.text : inner.code))
    .join(';\n');
}
