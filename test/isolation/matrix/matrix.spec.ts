import { v7 as uuidv7 } from 'uuid';
import { TenantContextMissingError } from '../../../src/common/tenancy/tenant-context.js';
import { sqlStateOf } from '../../../src/common/prisma/prisma-errors.js';
import { createTenancyHarness, type TenancyHarness } from '../tenancy-harness.js';
import { type Operation, PRISMA_OPERATIONS, RAW_OPERATIONS, type Target } from './operations.js';
import { PATHS } from './paths.js';
import { RowMaker, type Row } from './row-maker.js';
import { type TenantModel, tenantModels } from './tenant-models.js';

/*
 * Every tenant table × every operation × {own, foreign, none, empty, garbage, unknown tenant} × every path to the database.
 * Tables come from Prisma and the catalog, values from types, CHECKs and foreign keys: a new model is in it by itself.
 */

const OPERATIONS = [...PRISMA_OPERATIONS, ...RAW_OPERATIONS];
const CONTEXTS = ['own', 'foreign', 'none', 'empty', 'garbage', 'unknown'] as const;
type ContextName = (typeof CONTEXTS)[number];

let harness: TenancyHarness;
let models: TenantModel[];
let rows: RowMaker;

beforeAll(async () => {
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 4 });
  models = await tenantModels(harness);
  rows = new RowMaker(models, harness.sql);
});
afterAll(() => harness.close());

interface Outcome {
  reached?: number;
  error?: unknown;
}

function inContext(context: ContextName, fn: () => Promise<unknown>): Promise<unknown> {
  const { tenants, a, b } = harness;
  switch (context) {
    case 'none':
      return fn();
    case 'own':
      return tenants.run({ tenantId: b.id, source: 'system' }, fn);
    case 'foreign':
      return tenants.run({ tenantId: a.id, source: 'system' }, fn);
    case 'unknown':
      return tenants.run({ tenantId: uuidv7(), source: 'system' }, fn);
    case 'empty':
    case 'garbage':
      return (async () => await tenants.run({ tenantId: context === 'empty' ? '' : 'x', source: 'system' }, fn))();
  }
}

/** The cell's verdict: undefined, or what went wrong. The target always belongs to tenant B. */
function judge(
  context: ContextName,
  operation: Operation,
  model: TenantModel,
  { reached, error }: Outcome,
): string | undefined {
  if (context === 'none')
    return error instanceof TenantContextMissingError ? undefined : 'did not refuse to run without a tenant';
  if (context === 'empty' || context === 'garbage')
    return error instanceof TypeError ? undefined : 'did not refuse the tenant id';
  const mayDoIt = operation.needs.every((privilege) => model.privileges.has(privilege));
  if (!mayDoIt)
    return sqlStateOf(error) === '42501'
      ? undefined
      : `needed a privilege that the role lacks, yet ${told(reached, error)}`;
  if (context === 'own')
    return error === undefined && reached === 1
      ? undefined
      : `should have reached its own row, but ${told(reached, error)}`;
  const refused =
    ['42501', '23503'].includes(sqlStateOf(error) ?? '') || (error as { code?: string } | undefined)?.code === 'P2025';
  return reached === 0 || refused ? undefined : `should have reached nothing, but ${told(reached, error)}`;
}

const told = (reached: number | undefined, error: unknown): string =>
  error === undefined
    ? `reached ${reached} rows`
    : `failed with ${error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)}`;

/** Rows of the model that belong to others than the tenant in context, as one value. */
async function foreignState(model: TenantModel): Promise<string> {
  const [row] = await harness.sql<{ state: string }>(
    `SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS state FROM "${model.table}" t WHERE tenant_id = ANY ($1)`,
    [[harness.b.id]],
  );
  return row!.state;
}

async function cell(
  model: TenantModel,
  operation: Operation,
  context: ContextName,
  path: string,
): Promise<string | undefined> {
  const target: Target = { model, row: await targetRow(model, operation, context) };
  const isWatched = context !== 'own' && operation.kind !== 'read';
  const before = isWatched ? (states.get(model.model) ?? (await foreignState(model))) : '';
  states.clear();
  const outcome: Outcome = await inContext(context, () =>
    PATHS[path]!(harness, (client) => operation.run(client, target)),
  ).then(
    (result) => ({ reached: operation.reached(result) }),
    (error: unknown) => ({ error }),
  );
  const verdict = judge(context, operation, model, outcome);
  if (verdict) return verdict;
  if (!isWatched) return undefined;
  const after = await foreignState(model);
  if (after !== before) return 'changed rows of another tenant';
  states.set(model.model, after);
  return undefined;
}

/** As the last cell left them, where it was one that must change nothing. */
const states = new Map<string, string>();

/**
 * What must be refused is aimed at one row of the model that exists, inserts at one that does not. Where it is allowed, each delete and
 * each insert gets its own.
 */
const existing = new Map<string, Row>();
const missing = new Map<string, Row>();
async function targetRow(model: TenantModel, operation: Operation, context: ContextName): Promise<Row> {
  const isInsert = operation.kind === 'insert';
  const make = (): Promise<Row> => (isInsert ? rows.values(model, harness.b.id) : rows.insert(model, harness.b.id));
  if (context === 'own' && (isInsert || operation.kind === 'delete')) return make();
  const shared = isInsert ? missing : existing;
  const row = shared.get(model.model) ?? (await make());
  shared.set(model.model, row);
  return row;
}

describe('the isolation matrix', () => {
  it('holds in every cell', async () => {
    const failures: string[] = [];
    const table: string[] = [];
    let cells = 0;
    for (const model of models) {
      const before = failures.length;
      const cellsBefore = cells;
      for (const operation of OPERATIONS) {
        for (const context of CONTEXTS) {
          for (const path of Object.keys(PATHS)) {
            cells += 1;
            const failure = await cell(model, operation, context, path);
            if (failure) failures.push(`${model.model} ${operation.name}, ${context} tenant, ${path}: ${failure}`);
          }
        }
      }
      table.push(
        `${model.model.padEnd(24)} ${String(OPERATIONS.length).padStart(10)} ${String(cells - cellsBefore).padStart(8)} ${String(failures.length - before).padStart(9)}`,
      );
    }
    const head = `${'model'.padEnd(24)} operations    cells  failures`;
    process.stdout.write(
      `\nIsolation matrix: ${models.length} models, ${cells} cells, ${failures.length} failures\n${head}\n${table.join('\n')}\n`,
    );
    expect(failures).toEqual([]);
    expect(models.length).toBeGreaterThan(8);
  }, 300_000);
});
