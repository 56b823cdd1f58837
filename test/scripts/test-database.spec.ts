import { withClient } from '../../scripts/db/connect.ts';
import { createTestDatabase, dropTestDatabase, testDatabase } from '../support/test-database.js';

describe('a test database', () => {
  it('is migrated and lets the app role in', async () => {
    const { appUrl, name } = await testDatabase();
    const { rows } = await withClient(appUrl, (app) =>
      app.query(
        'SELECT current_user AS role, current_database() AS database, (SELECT count(*)::int FROM app.unprotected_tables()) AS unprotected',
      ),
    );
    expect(rows).toEqual([{ role: 'tenantry_app', database: name, unprotected: 0 }]);
  });

  it('can be had for one test alone, and dropped', async () => {
    const own = await createTestDatabase();
    expect(own.name).not.toBe((await testDatabase()).name);
    await dropTestDatabase(own);
    await expect(withClient(own.adminUrl, async () => undefined)).rejects.toThrow(/does not exist/);
  });
});
