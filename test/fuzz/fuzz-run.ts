import { HttpClient } from '../support/http-client.js';
import type { TestApp } from '../support/test-app.js';
import { testDatabase } from '../support/test-database.js';
import { type ApiDocument, operationsOf } from './api-description.js';
import { learn } from './furnisher.js';
import { type Caller, FuzzWorld } from './fuzz-world.js';
import { LeakScan } from './leak-scan.js';
import { namedOperations } from './named-operations.js';
import { fillIn, Placeholder } from './placeholders.js';
import { type RequestPlan, RequestPlans } from './request-plans.js';
import { ResponseJudge } from './response-judge.js';
import { adminPool } from '../support/admin-pool.js';

/** Requests one world is used for. */
const REQUESTS_PER_WORLD = 150;
const MANY_FAILURES = 25;

export interface FuzzReport {
  requests: number;
  /** How often each operation was answered with each status. */
  answers: Record<string, Record<string, number>>;
  failures: string[];
}

interface ReadyRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

export interface FuzzOptions {
  seed: number;
  /** At least so many; each operation gets the same number. */
  requests: number;
  /** Operations below this path only. */
  below?: string;
}

/** Sends planned requests for every operation of the running application's own document, and judges the answers. */
export async function runFuzz(test: TestApp, { seed, requests, below = '/' }: FuzzOptions): Promise<FuzzReport> {
  const client = new HttpClient(test.app, 2);
  const admin = adminPool((await testDatabase()).adminUrl, 1);
  try {
    const answer = await client.send({ method: 'GET', path: '/api/openapi.json' });
    const document = JSON.parse(answer.text) as ApiDocument;
    const operations = operationsOf(document);
    const plans = new RequestPlans(document, await namedOperations(test, client, document));
    const chosen = operations.filter(({ path }) => path.startsWith(below));
    const each = Math.ceil(requests / chosen.length);
    const all = shuffled(
      chosen.flatMap((operation) => plans.sample(operation, each, seed)),
      seed,
    );
    const run = new FuzzRun(client, new ResponseJudge(document));
    for (let start = 0; start < all.length && run.failures.length < MANY_FAILURES; start += REQUESTS_PER_WORLD) {
      const world = await FuzzWorld.create(test, client, admin, operations, plans);
      await run.carryOut(world, all.slice(start, start + REQUESTS_PER_WORLD), start);
    }
    return run.report();
  } finally {
    client.close();
    await admin.end();
  }
}

class FuzzRun {
  readonly failures: string[] = [];
  readonly #answers: FuzzReport['answers'] = {};
  readonly #scan = new LeakScan();
  #requests = 0;

  constructor(
    private readonly client: HttpClient,
    private readonly judge: ResponseJudge,
  ) {}

  async carryOut(world: FuzzWorld, plans: RequestPlan[], first: number): Promise<void> {
    const before = await world.owners();
    for (const [index, plan] of plans.entries()) {
      if (this.failures.length >= MANY_FAILURES) break;
      await this.#one(world, plan, first + index);
    }
    this.failures.push(...this.#scan.verdict(before, await world.owners()));
  }

  report(): FuzzReport {
    return { requests: this.#requests, answers: this.#answers, failures: this.failures };
  }

  async #one(world: FuzzWorld, plan: RequestPlan, number: number): Promise<void> {
    const caller = await world.callerOf(plan.actor);
    const request = readyRequest(world, caller, plan);
    const answer = await this.client.send(request);
    this.#requests += 1;
    const answers = (this.#answers[plan.operation.id] ??= {});
    answers[answer.status] = (answers[answer.status] ?? 0) + 1;
    if (caller.side) learn(plan.operation, caller.side, answer);
    const isJson = plan.body !== undefined && 'json' in plan.body;
    const where = `#${number} ${plan.actor}: ${told(request)}`;
    const hasCredential = !['nobody', 'nobody who names a tenant', 'forger'].includes(plan.actor);
    const json: unknown = isJson ? JSON.parse(String(request.body)) : undefined;
    const problems = this.judge.problemsOf({ operation: plan.operation, json, isJson, hasCredential }, answer);
    // Platform admins are shown the registry of all tenants.
    const mayKnow = plan.actor.startsWith('platform') && plan.operation.path.includes('/platform/');
    const mayChoose = plan.operation.isPublic || plan.actor === 'platform outside';
    const said = { sent: spoken(request), mayChoose };
    if (!mayKnow) problems.push(...this.#scan.look(world, caller, said, answer, where));
    this.failures.push(...problems.map((problem) => `${where}: ${problem}`));
  }
}

function readyRequest(world: FuzzWorld, caller: Caller, plan: RequestPlan): ReadyRequest {
  const marker = (caller.side ?? world.own).marker;
  const fill = (value: unknown): unknown => fillIn(value, (placeholder) => world.fill(placeholder, caller), marker);
  let path = plan.operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(fill(plan.path[name])));
  if (plan.tenantInPath && path.startsWith('/api/v1/') && !path.includes('/platform/'))
    path = path.replace('/api/v1/', `/api/v1/t/${world.fill(new Placeholder('tenant slug'), caller)}/`);
  const query = plan.query.map(({ name, value, raw }) => raw ?? `${name}=${encoded(fill(value))}`).join('&');
  const filled = Object.entries(fill(plan.headers) as Record<string, unknown>);
  const headers: Record<string, string> = {
    ...Object.fromEntries(filled.map(([name, value]) => [name, headerValue(value)])),
    ...caller.headers,
  };
  const { body } = plan;
  const request = { method: plan.operation.method, path: query ? `${path}?${query}` : path, headers };
  if (!body) return request;
  if ('text' in body) return { ...request, body: body.text, headers: { ...headers, ...body.headers } };
  return {
    ...request,
    body: JSON.stringify(fill(body.json)),
    headers: { ...headers, 'content-type': 'application/json' },
  };
}

function encoded(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return encodeURIComponent(text.toWellFormed());
}

/** What HTTP can carry in a header. */
const headerValue = (value: unknown): string => String(value).replace(/[^\x20-\x7e]/g, '?');

function told({ method, path, headers, body }: ReadyRequest): string {
  const { authorization: _secret, 'x-api-key': _key, ...shown } = headers;
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(shown)} ${String(body ?? '').slice(0, 300)}`;
}

function spoken({ path, headers, body }: ReadyRequest): string {
  return [path, JSON.stringify(headers), String(body ?? '')].join(' ');
}

/** The same order for the same seed (Fisher and Yates, with a linear congruential generator). */
function shuffled<T>(items: T[], seed: number): T[] {
  const result = [...items];
  let state = seed >>> 0;
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const chosen = Math.floor((state / 2 ** 32) * (last + 1));
    [result[last], result[chosen]] = [result[chosen]!, result[last]!];
  }
  return result;
}
