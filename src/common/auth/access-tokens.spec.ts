import { Config } from '../config/config.js';
import { UnauthenticatedError } from '../errors/app-error.js';
import { databaseClock } from '../time/database-clock.js';
import { AccessTokens } from './access-tokens.js';

const config = Object.assign(new Config(), {
  TOKEN_SIGNING_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  ACCESS_TOKEN_TTL_MS: 60_000,
});
const CLAIMS = {
  subject: '01900000-0000-7000-8000-000000000001',
  tenantId: '01900000-0000-7000-8000-000000000002',
  sessionId: '01900000-0000-7000-8000-000000000003',
};
const START_MS = Date.parse('2030-01-01T00:00:00Z');
const setClock = (afterMs: number): Promise<void> => databaseClock.set(() => Promise.resolve(START_MS + afterMs));

describe('An access token', () => {
  it.each([
    ['in time', 30_000, true],
    ['at its end, within five seconds of leeway', 63_000, true],
    ['beyond the leeway', 66_000, false],
    ['by a process that is behind', -30_000, true],
  ])('is judged by the time of the database: %s', async (_, afterMs, isGood) => {
    await setClock(0);
    const { token } = await new AccessTokens(config).sign(CLAIMS);
    await setClock(afterMs);
    // Another process, which has not cached the token.
    const verified = new AccessTokens(config).verify(token);
    if (isGood) await expect(verified).resolves.toMatchObject({ ...CLAIMS, expiresAt: START_MS + 65_000 });
    else await expect(verified).rejects.toThrow(UnauthenticatedError);
  });
});
