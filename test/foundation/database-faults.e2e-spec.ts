import { withClient } from '../../scripts/db/connect.ts';
import { eventually } from '../support/eventually.js';
import { type Principal, signedInUser } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';

describe('faults of the database', () => {
  let test: TestApp;
  let database: TestDatabase;
  let owner: Principal;

  beforeAll(async () => {
    database = await testDatabase();
    test = await createTestApp({ LOG_LEVEL: 'warn' });
    owner = await signedInUser(test, { role: 'owner' });
  });
  afterAll(() => test.close());

  const asAdmin = (sql: string) => withClient(database.adminUrl, (admin) => admin.query(sql));
  const rename = (bio: string) =>
    test.http.patch(`/api/v1/users/${owner.id}`).set('Authorization', owner.authorization).send({ bio });

  it('a fail-over: 503 with Retry-After and not ready while the server is read-only, and then as before', async () => {
    expect((await rename('before')).status).toBe(200);
    const setting = `ALTER ROLE tenantry_app IN DATABASE "${database.name}"`;
    await asAdmin(`${setting} SET default_transaction_read_only = on`);
    try {
      await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenantry_app'
        AND datname = current_database()`);
      const refused = await eventually(
        () => rename('meanwhile'),
        ({ body }) => body.code === 'database.unavailable',
      );
      expect([refused.status, refused.get('Retry-After')]).toEqual([503, '1']);
      expect(test.log).toContainEqual(
        expect.objectContaining({ msg: 'Temporarily unavailable', code: 'database.unavailable' }),
      );
      const { status, body } = await eventually(
        () => test.http.get('/readyz'),
        (answer) => answer.body.error?.database?.message === 'The database is read-only.',
      );
      expect([status, body.error.database.message]).toEqual([503, 'The database is read-only.']);
    } finally {
      await asAdmin(`${setting} RESET default_transaction_read_only`);
    }
    expect(
      (
        await eventually(
          () => test.http.get('/readyz'),
          ({ status }) => status === 200,
        )
      ).status,
    ).toBe(200);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => rename(`after ${index}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('a value that only a CHECK refuses: 400, and a line in the error log', async () => {
    await asAdmin(`ALTER TABLE users ADD CONSTRAINT users_test_check CHECK (bio <> 'refused') NOT VALID`);
    try {
      const { status, body } = await rename('refused');
      expect([status, body.code]).toEqual([400, 'request.invalid']);
      expect(test.log).toContainEqual(
        expect.objectContaining({ level: 'error', msg: 'The database refused a value that validation had accepted' }),
      );
    } finally {
      await asAdmin('ALTER TABLE users DROP CONSTRAINT users_test_check');
    }
  });
});
