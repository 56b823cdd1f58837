import pg from 'pg';
import type { SentStatement } from './statement-recorder.js';

interface PlanNode {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** How the server executes a statement: once for these values, once for any, which is what statements that are used often come to. */
export type PlanKind = 'custom' | 'generic';

/**
 * How many rows of a table a statement reads, those included that a condition then removes. It is executed by the application's role,
 * in the tenant.
 */
export async function rowsRead(
  appUrl: string,
  tenantId: string,
  { sql, values }: SentStatement,
  table: string,
  kind: PlanKind,
): Promise<number> {
  const client = new pg.Client(appUrl);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT app.enter_tenant($1)', [tenantId]);
    await client.query(`SET LOCAL plan_cache_mode = force_${kind}_plan`);
    // What is asked is whether an index bounds the list. A sort or a scan of few rows may look
    // cheaper, by statistics that other tests change, too.
    await client.query('SET LOCAL enable_sort = off');
    await client.query('SET LOCAL enable_bitmapscan = off');
    await client.query('SET LOCAL enable_seqscan = off');
    await client.query(`PREPARE asked AS ${sql}`);
    const given = values.map((value) => (value === null ? 'NULL' : pg.escapeLiteral(value))).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked${given && ` (${given})`}`,
    );
    return sumOf(rows[0]!['QUERY PLAN'][0].Plan, table);
  } finally {
    await client.end();
  }
}

function sumOf(node: PlanNode, table: string): number {
  const own = node['Relation Name'] === table ? rowsOf(node) : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + sumOf(child, table), own);
}

function rowsOf(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}
