import { randomUUID } from 'node:crypto';
import type TestAgent from 'supertest/lib/agent.js';
import { levelOf, ROLES, type Role } from '../../src/common/identity/roles.js';

export interface ContractWorld {
  http: TestAgent;
  /** An access token of somebody with this role in the tenant under test. */
  tokenOf(role: Role): Promise<string>;
  /** An access token of a platform admin, for routes that only these may call. */
  platformToken?(): Promise<string>;
  /** The id of a thing like those the paths name, in another tenant. */
  foreignId?(): Promise<string>;
}

export interface EndpointContract {
  /** The weakest role that may call it; `platform` for platform admins alone. */
  allow: Caller;
  /** A valid body, where the endpoint takes one. */
  body?: object;
  /** Whether the thing is looked for before the fields of the body are. */
  findsBeforeBody?: true;
  /** Bodies that are refused, by what is wrong with them. An unknown field is added by itself. */
  invalidBodies?: Record<string, unknown>;
  /** Queries that are refused, e.g. `limit=101`. */
  invalidQueries?: string[];
}

type Caller = Role | 'platform';
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

const PREFIX = '/api/v1';
/** Parameters of a path that are ids: `:id`, `:scriptId`. */
const IDS = /:(?:id|\w+Id)\b/g;

/**
 * What every endpoint does alike, a line each: `describeContract(() => world, { 'PATCH /users/:id': { allow: 'viewer', body: {…} } })`.
 * Tells 401, 403 of every weaker role, 400, and 404 for the id of another tenant in the very words of an id that exists nowhere.
 * A path may have several ids. Other parameters of the path are given as values: `GET /workflows/:id/versions/1`.
 */
export function describeContract(world: () => ContractWorld, endpoints: Record<string, EndpointContract>): void {
  describe.each(Object.entries(endpoints))('%s', (route, contract) => {
    const [method, template] = route.split(' ') as [string, string];
    const strongest = contract.allow === 'platform' ? 'platform' : 'owner';
    const ids = template.match(IDS) ?? [];
    const send = async (
      role: Caller | null,
      id: string,
      { body = contract.body, query = '', given = {} }: Sent = {},
    ) => {
      const path = `${PREFIX}${template.replace(IDS, (name) => given[name] ?? id)}${query && `?${query}`}`;
      const request = world().http[method.toLowerCase() as Method](path);
      if (role) request.set('Authorization', `Bearer ${await tokenOf(world(), role)}`);
      return body === undefined ? request : request.send(body as object);
    };

    it('asks for a credential', async () => {
      const response = await send(null, randomUUID());
      expect(problemOf(response)).toEqual({ status: 401, code: 'auth.unauthenticated' });
      expect(response.headers['www-authenticate']).toBeDefined();
    });

    it('refuses a credential that is none', async () => {
      const path = `${PREFIX}${template.replace(IDS, () => randomUUID())}`;
      const response = await world().http[method.toLowerCase() as Method](path).set('Authorization', 'Bearer garbage');
      expect(problemOf(response)).toEqual({ status: 401, code: 'auth.unauthenticated' });
    });

    for (const role of ROLES.filter((candidate) => isWeaker(candidate, contract.allow))) {
      it(`forbids it to a ${role}`, async () => {
        expect(problemOf(await send(role, randomUUID()))).toEqual({ status: 403, code: 'auth.forbidden' });
      });
    }

    for (const name of ids) {
      it(`refuses ${name} that is no uuid`, async () => {
        const response = await send(strongest, randomUUID(), { given: { [name]: '12345' } });
        expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
      });
    }

    if (ids.length > 0) {
      if (strongest === 'platform') {
        it('answers 404 for an id that does not exist', async () => {
          const nowhere = await send('platform', randomUUID());
          expect(problemOf(nowhere)).toEqual({ status: 404, code: expect.stringMatching(/^[a-z_]+\.not_found$/) });
        });
      } else {
        it('cannot tell a thing of another tenant from one that does not exist', async () => {
          const nowhere = await send('owner', randomUUID());
          const foreign = await send('owner', await foreignIdOf(world()));
          expect(problemOf(foreign)).toEqual({ status: 404, code: expect.stringMatching(/^[a-z_]+\.not_found$/) });
          expect(wordsOf(foreign)).toEqual(wordsOf(nowhere));
        });
      }
    }

    if (contract.body && !contract.findsBeforeBody) {
      it('refuses a field it does not know, and says which', async () => {
        const response = await send(strongest, randomUUID(), { body: { ...contract.body, surprise: 1 } });
        expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
        expect(response.body.errors).toEqual([expect.objectContaining({ pointer: '/surprise' })]);
      });
    }

    for (const [what, body] of Object.entries(contract.invalidBodies ?? {})) {
      it(`refuses ${what}`, async () => {
        const response = await send(strongest, randomUUID(), { body });
        expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
      });
    }

    for (const query of contract.invalidQueries ?? []) {
      it(`refuses ?${query}`, async () => {
        expect(problemOf(await send(strongest, randomUUID(), { query }))).toEqual({
          status: 400,
          code: 'request.invalid',
        });
      });
    }
  });
}

interface Sent {
  body?: unknown;
  query?: string;
  /** Values of single ids of the path; all others are the one that is asked for. */
  given?: Record<string, string>;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** Status and code of an answer that must be a problem (RFC 9457) and agree with itself. */
export function problemOf({ status, headers, body }: Answer): { status: number; code: unknown } {
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    requestId: headers['x-request-id'],
  });
  return { status, code: body['code'] };
}

function wordsOf({ body }: Answer): object {
  const { title, detail, code, errors } = body;
  return { title, detail, code, errors };
}

async function tokenOf(world: ContractWorld, caller: Caller): Promise<string> {
  if (caller !== 'platform') return world.tokenOf(caller);
  if (!world.platformToken)
    throw new Error('Routes of the platform need a platformToken in the world of the contract.');
  return world.platformToken();
}

function isWeaker(role: Role, allowed: Caller): boolean {
  return allowed === 'platform' || levelOf(role) < levelOf(allowed);
}

async function foreignIdOf({ foreignId }: ContractWorld): Promise<string> {
  if (!foreignId) throw new Error('Paths with an id need a foreignId in the world of the contract.');
  return foreignId();
}
