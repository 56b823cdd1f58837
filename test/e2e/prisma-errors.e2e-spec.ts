import { randomUUID } from 'node:crypto';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { factories } from '../support/factories.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

describe('errors of Prisma', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it('tell the reason, and none of the values, which logs must not hold', async () => {
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
    expect(error.message).toContain('expiresAt');
    expect(`${error.message}${error.stack}`).not.toContain(secretHash);
  });
});
