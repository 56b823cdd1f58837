import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { type ApiDocument, type ApiOperation, operationsOf, type Parameter } from '../fuzz/api-description.js';
import { fillIn } from '../fuzz/placeholders.js';
import { RequestPlans } from '../fuzz/request-plans.js';
import { factories, type Factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { HttpClient } from '../support/http-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase } from '../support/test-database.js';
import { RowMaker } from './matrix/row-maker.js';
import { type TenantModel, tenantModels } from './matrix/tenant-models.js';
import type { TenancyHarness } from './tenancy-harness.js';
import { adminPool } from '../support/admin-pool.js';

/*
 * Every route of the API's own description that takes something in its path, with everything that another tenant has: its
 * answers are those to something that exists nowhere. Routes and tables that come later are in it by themselves.
 */

let test: TestApp;
let make: Factories;
let client: HttpClient;
let admin: pg.Pool;
let operations: ApiOperation[];
let plans: RequestPlans;
let models: TenantModel[];
let a: TestTenant;
let b: TestTenant;
/** What B has: ids, and values of text columns that are part of a unique index. */
const theirs = { ids: new Set<string>(), keys: new Set<string>() };

const sql: TenancyHarness['sql'] = async <T extends object>(text: string, values: unknown[] = []) =>
  (await admin.query<T>(text, values)).rows;

beforeAll(async () => {
  test = await createTestApp();
  make = factories(test.app);
  client = new HttpClient(test.app, 1);
  admin = adminPool((await testDatabase()).adminUrl, 1);
  const document = JSON.parse((await client.send({ method: 'GET', path: '/api/openapi.json' })).text) as ApiDocument;
  plans = new RequestPlans(document);
  operations = operationsOf(document).filter(({ parameters }) =>
    parameters.some((parameter) => parameter.in === 'path'),
  );
  models = await tenantModels({ prisma: test.app.get(PrismaService), sql } as TenancyHarness);
  [a, b] = [await make.createTenant(), await make.createTenant()];
  await giveEverything(b);
});
afterAll(async () => {
  client.close();
  await admin.end();
  await test.close();
});

/** A row in every table of tenants. */
async function giveEverything(tenant: TestTenant): Promise<void> {
  const rows = new RowMaker(models, sql);
  for (const model of models) {
    const row = await rows.insert(model, tenant.id);
    const unique = new Set([...model.key, ...model.uniques.flat()]);
    for (const { name, type } of model.columns) {
      const value = row[name];
      if (typeof value !== 'string' || value === '' || name === 'tenant_id' || !unique.has(name)) continue;
      (type === 'uuid' ? theirs.ids : theirs.keys).add(value);
    }
  }
  theirs.ids.add(tenant.owner.id).add(tenant.id);
  theirs.keys.add(tenant.slug).add(tenant.owner.username);
}

/** All rows of a tenant, as one value. */
async function stateOf(tenant: TestTenant): Promise<Record<string, string>> {
  const states: Record<string, string> = {};
  for (const { table } of models) {
    const [row] = await sql<{ state: string }>(
      `SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS state FROM "${table}" t WHERE tenant_id = $1`,
      [tenant.id],
    );
    states[table] = row!.state;
  }
  return states;
}

const isId = ({ schema }: Parameter): boolean => schema?.format === 'uuid';

/** One of the path's parameters at a time is foreign; the others exist nowhere. */
function pathsOf({ path, parameters }: ApiOperation): { foreign: string; nowhere: string; value: string }[] {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const made = (chosen: Parameter, value: string): string =>
    inPath.reduce((filled, parameter) => {
      const other = isId(parameter) ? NOWHERE : '1';
      return filled.replace(`{${parameter.name}}`, encodeURIComponent(parameter === chosen ? value : other));
    }, path);
  return inPath.flatMap((parameter) => {
    const values = isId(parameter) ? [...theirs.ids] : [...theirs.keys, ...theirs.ids];
    return values.map((value) => ({
      foreign: made(parameter, value),
      nowhere: made(parameter, isId(parameter) ? NOWHERE : `n${NOWHERE}`),
      value,
    }));
  });
}
const NOWHERE = randomUUID();

async function answerTo(operation: ApiOperation, path: string, headers: object): Promise<object> {
  const body = fillIn(plans.validBody(operation, 1), () => NOWHERE, 'someone');
  const {
    status,
    headers: answered,
    text,
  } = await client.send({
    method: operation.method,
    path,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const { title, detail, code, errors } = text.startsWith('{')
    ? (JSON.parse(text) as Record<string, unknown>)
    : { detail: text };
  return { status, title, detail, code, errors, headers: Object.keys(answered).sort() };
}

/** What the answer says, without the value it was asked about. */
const withoutValue = (answer: object, value: string): object =>
  JSON.parse(JSON.stringify(answer).replaceAll(value, '…')) as object;

describe('everything of another tenant, at every route with something in its path', () => {
  it.each(['owner', 'platform admin inside the tenant'])(
    'is to the %s what exists nowhere',
    async (who) => {
      const isOwner = who === 'owner';
      const headers = isOwner
        ? { authorization: `Bearer ${await make.tokenFor(a.owner)}` }
        : { authorization: `Bearer ${await make.platformToken()}`, 'x-tenant-id': a.id };
      const before = await stateOf(b);
      const differences: string[] = [];
      let asked = 0;
      for (const operation of operations) {
        // The registry of all tenants is the platform's.
        if (!isOwner && operation.path.includes('/platform/')) continue;
        const nowhere = new Map<string, object>();
        for (const path of pathsOf(operation)) {
          const expected = nowhere.get(path.nowhere) ?? (await answerTo(operation, path.nowhere, headers));
          nowhere.set(path.nowhere, expected);
          const answer = await answerTo(operation, path.foreign, headers);
          asked += 1;
          const [told, wanted] = [withoutValue(answer, path.value), withoutValue(expected, NOWHERE)];
          if (JSON.stringify(told) !== JSON.stringify(wanted))
            differences.push(
              `${operation.method} ${path.foreign}: ${JSON.stringify(told)} instead of ${JSON.stringify(wanted)}`,
            );
        }
      }
      expect(differences).toEqual([]);
      expect(asked).toBeGreaterThan(operations.length);
      expect(await stateOf(b)).toEqual(before);
    },
    120_000,
  );
});
