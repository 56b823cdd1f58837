import { randomUUID } from 'node:crypto';
import { createLogger } from '../../src/common/logging/log-options.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { factories } from '../support/factories.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

describe('errors of Prisma', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it('are logged with their reason, and with none of the values', async () => {
    const make = factories(test.app);
    const tenant = await make.createTenant();
    const secretHash = 'c0ffee'.repeat(10);
    const attempt = make.inTenant(tenant, () =>
      test.app.get(PrismaService).apiKey.create({
        data: { name: 'x', userId: randomUUID(), prefix: 'x', scopes: [], secretHash, expiresAt: new Date(Number.NaN) },
        select: { id: true },
      }),
    );
    const error: Error = await attempt.then(
      () => new Error('It was created.'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toContain(secretHash);

    const lines: string[] = [];
    const logger = createLogger({ LOG_LEVEL: 'info', APP_ROLE: 'api' }, { write: (line) => void lines.push(line) });
    logger.error({ err: error }, 'Failed to respond');
    expect(lines.join()).not.toContain(secretHash);
    const { err } = JSON.parse(lines[0]!) as { err: Error };
    expect(err.message).toMatch(/apiKey\.create\(\).*Invalid value for argument `expiresAt`/);
    expect(err.stack).toMatch(/\n {4}at /);
  });
});
