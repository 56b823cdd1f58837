import { QueueService } from '../../src/common/queue/queue.service.js';
import { TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { factories, type Factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { type Answer, HttpClient } from '../support/http-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { EarlyWork, LateWork, LOOKS, type Seen, SharedMomentModule } from './shared-moment.js';

/*
 * Two tenants at the same time through the whole application: middleware, guards, pipes, interceptors, handlers, filters. They
 * share six connections to it, and it has three to the database.
 */

const PAIRS = 200;
const PAIRS_AT_A_TIME = 3;

interface Party {
  tenant: TestTenant;
  authorization: string;
}

let test: TestApp;
let make: Factories;
let client: HttpClient;
let a: Party;
let b: Party;

beforeAll(async () => {
  test = await createTestApp({ DATABASE_POOL_MAX: 3 }, [SharedMomentModule]);
  make = factories(test.app);
  client = new HttpClient(test.app, PAIRS_AT_A_TIME * 2);
  const party = async (): Promise<Party> => {
    const tenant = await make.createTenant();
    return { tenant, authorization: `Bearer ${await make.tokenFor(tenant.owner)}` };
  };
  [a, b] = [await party(), await party()];
});
afterAll(async () => {
  client.close();
  await test.close();
});

const get = ({ authorization }: Party, path: string): Promise<Answer> =>
  client.send({ method: 'GET', path: `/api/v1${path}`, headers: { authorization } });

/** Runs pairs of requests, a few pairs at a time. @returns what was wrong with any of them. */
async function pairsOf(pair: (number: number) => Promise<string[]>): Promise<string[]> {
  const problems: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < PAIRS) {
      next += 1;
      problems.push(...(await pair(next)));
    }
  };
  await Promise.all(Array.from({ length: PAIRS_AT_A_TIME }, lane));
  return problems;
}

describe(`${PAIRS} pairs of requests of two tenants at the same moment do not mix`, () => {
  it.each(Object.keys(LOOKS))('in a handler that uses %s after a promise both await', async (look) => {
    const problems = await pairsOf(async (pair) => {
      const path = `/shared-moment/${look}-${pair}/${look}/${a.tenant.id}/${a.tenant.owner.id}`;
      // In turns, so that either tenant comes first.
      const parties = pair % 2 ? [a, b] : [b, a];
      const answers = await Promise.all(parties.map((party) => get(party, path)));
      return parties.flatMap((party, index) => {
        const { tenantId, rows } = JSON.parse(answers[index]!.text) as Seen;
        const expected = party === a ? [a.tenant.id] : [];
        const isRight = tenantId === party.tenant.id && rows.join() === expected.join();
        return isRight ? [] : [`pair ${pair}: ${party === a ? 'the owner' : 'the other'} saw ${rows.join()}`];
      });
    });
    expect(problems).toEqual([]);
  });

  it('at GET /users/:id', async () => {
    const problems = await pairsOf(async (pair) => {
      const [own, foreign] = await Promise.all([a, b].map((party) => get(party, `/users/${a.tenant.owner.id}`)));
      const isRight =
        own!.status === 200 && foreign!.status === 404 && !foreign!.text.includes(a.tenant.owner.username);
      return isRight ? [] : [`pair ${pair}: ${own!.status} and ${foreign!.status}`];
    });
    expect(problems).toEqual([]);
  });

  it('at GET /users', async () => {
    const problems = await pairsOf(async (pair) => {
      const answers = await Promise.all([a, b].map((party) => get(party, '/users')));
      const seen = answers.map(({ text }) =>
        (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id).join(),
      );
      const isRight = seen[0] === a.tenant.owner.id && seen[1] === b.tenant.owner.id;
      return isRight ? [] : [`pair ${pair}: ${seen.join(' and ')}`];
    });
    expect(problems).toEqual([]);
  });

  it('at GET /tenant', async () => {
    const problems = await pairsOf(async (pair) => {
      const answers = await Promise.all([a, b].map((party) => get(party, '/tenant')));
      const seen = answers.map(({ text }) => (JSON.parse(text) as { id: string }).id);
      return seen[0] === a.tenant.id && seen[1] === b.tenant.id ? [] : [`pair ${pair}: ${seen.join(' and ')}`];
    });
    expect(problems).toEqual([]);
  });
});

describe('work outside of a request', () => {
  it('that began with the process has no tenant', async () => {
    expect(await test.app.get(EarlyWork).outcome).toBeInstanceOf(TenantContextMissingError);
  });

  it('that a request left behind stays in its tenant', async () => {
    await Promise.all([a, b, a, b].map((party) => get(party, '/shared-moment/leave-behind')));
    const seen = await Promise.all(test.app.get(LateWork).done);
    expect(seen).toHaveLength(4);
    for (const { tenantId, rows } of seen) expect(rows).toEqual([tenantId]);
    expect(new Set(seen.map(({ tenantId }) => tenantId))).toEqual(new Set([a.tenant.id, b.tenant.id]));
  });

  it('cannot enqueue a job without a tenant', async () => {
    await expect(test.app.get(QueueService).enqueue('mail.send', {})).rejects.toThrow(TenantContextMissingError);
  });
});
