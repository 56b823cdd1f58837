import { splitSql, type SqlStatement } from './sql-statements.ts';

/** Words that PostgreSQL 15, the oldest supported server, does not know, with the version that brought them. */
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

/** Where a script needs a newer server than 15. Bodies of functions and literals are read, too: they are SQL as well. */
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
 * Writes to tenant tables that would change nothing: once a table is protected, its rows are hidden from the owner, too,
 * and a migration must go through `app.for_each_tenant`.
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
/** Has a tenant_id and is the platform's all the same: who may read it, its own policies say. */
const GLOBAL_TABLES = ['tenant_provisioning_steps'];

/**
 * Tables with a tenant that no script protects, each as a sentence that names the line to add.
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

/** The tables with a tenant that one script makes and does not protect. */
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

/** What a statement executes itself: a DO block its body, anything else its own words, never the literals in it. */
function runsNow({ text, code }: SqlStatement): string {
  if (!/^DO\b/i.test(code)) return /^(CREATE|ALTER|COMMENT|GRANT|REVOKE)\b/i.test(code) ? '' : code;
  const body = /\$(\w*)\$([\s\S]*)\$\1\$/.exec(text)?.[2] ?? '';
  return splitSql(body)
    .map((inner) => (/\bEXECUTE\b/i.test(inner.code) ? inner.text : inner.code))
    .join(';\n');
}
