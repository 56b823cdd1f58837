import { createTestApp, type TestApp } from '../support/test-app.js';
import { type FuzzReport, runFuzz } from './fuzz-run.js';
import { PlantedDefectsModule } from './planted-defects.js';

/*
 * Requests made from the application's own description of its API: valid ones, nearly valid ones and nonsense, as people of
 * two tenants, platform admins, API keys and nobody. FUZZ_SEED and FUZZ_REQUESTS choose which and how many.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 400);
/** From here on the summary tells of every operation. */
const MANY = 1000;
/** From here on an operation that never succeeds is one that the requests do not reach; a few need luck. */
const ENOUGH = 5000;
const UNLUCKY = 3;
const TIME_LIMIT_MS = 60_000 + REQUESTS * 200;

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test?.close());

it(
  'every answer to a generated request is documented, and none shows another tenant’s data',
  async () => {
    const report = await runFuzz(test, { seed: SEED, requests: REQUESTS });
    process.stdout.write(`\nFuzz: seed ${SEED}, ${report.requests} requests.\n${summaryOf(report)}\n`);
    const again = `Again: npm run test:fuzz -- ${REQUESTS} ${SEED}`;
    expect([again, ...report.failures]).toEqual([again]);
    expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
    const without = withoutSuccess(report);
    expect(REQUESTS >= ENOUGH && without.length > UNLUCKY ? without : []).toEqual([]);
  },
  TIME_LIMIT_MS,
);

const hasSuccess = (statuses: object): boolean => Object.keys(statuses).some((status) => status < '300');

function withoutSuccess({ answers }: FuzzReport): string[] {
  return Object.keys(answers).filter((id) => !hasSuccess(answers[id]!));
}

/** Operations and how they were answered; those that never succeeded come first, because least of them was tested. */
function summaryOf(report: FuzzReport): string {
  const { answers, requests } = report;
  const all = Object.entries(answers);
  const without = withoutSuccess(report);
  const head = `${all.length} operations, ${without.length} of them without a success: ${without.join(', ')}`;
  if (requests < MANY) return head;
  const rows = all
    .sort(([x, a], [y, b]) => Number(hasSuccess(a)) - Number(hasSuccess(b)) || x.localeCompare(y))
    .map(([id, statuses]) => {
      const counts = Object.entries(statuses).map(([status, count]) => `${status} × ${count}`);
      return `${id.padEnd(32)} ${counts.join(', ')}`;
    });
  return [head, ...rows].join('\n');
}

describe('the fuzzer', () => {
  let failures: string[];
  beforeAll(async () => {
    const planted = await createTestApp({}, [PlantedDefectsModule]);
    try {
      ({ failures } = await runFuzz(planted, { seed: 1, requests: 120, below: '/api/v1/planted/' }));
    } finally {
      await planted.close();
    }
  });

  it.each([
    ['ids of another tenant', 'GET /api/v1/planted/ids', 'shows the id'],
    ['words of another tenant', 'GET /api/v1/planted/names', 'shows "zq'],
    ['a crash', 'GET /api/v1/planted/crash/', 'answered 500'],
    ['a status that is not documented', 'GET /api/v1/planted/teapot', 'answered 418, which is not documented'],
    ['a field that is not documented', 'GET /api/v1/planted/talkative', 'passwordHash'],
    [
      'input that should have been refused',
      'POST /api/v1/planted/loose',
      'accepted a body that its schema does not allow',
    ],
  ])('finds a planted defect: %s', (_, route, problem) => {
    expect(failures.filter((failure) => failure.includes(route)).join()).toContain(problem);
  });
});
