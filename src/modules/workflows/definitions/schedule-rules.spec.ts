import { nextOccurrence } from './schedule-rules.js';

const next = (cron: string, timeZone: string | undefined, after: string): string | undefined =>
  nextOccurrence({ cron, ...(timeZone && { timeZone }) }, new Date(after))?.toISOString();

describe('the next time a schedule is due', () => {
  it('is counted in UTC unless a time zone is named', () => {
    expect(next('0 6 * * *', undefined, '2030-01-01T06:00:00Z')).toBe('2030-01-02T06:00:00.000Z');
    expect(next('0 6 * * *', 'America/New_York', '2030-01-01T06:00:00Z')).toBe('2030-01-01T11:00:00.000Z');
  });

  it('follows the clocks of its time zone through the change to summer time', () => {
    expect(next('0 6 * * *', 'Europe/Paris', '2030-03-30T12:00:00Z')).toBe('2030-03-31T04:00:00.000Z');
    expect(next('0 6 * * *', 'Europe/Paris', '2030-03-29T12:00:00Z')).toBe('2030-03-30T05:00:00.000Z');
  });

  it('comes once, when the clock shows an hour twice', () => {
    const first = next('30 2 * * *', 'Europe/Paris', '2030-10-26T12:00:00Z')!;
    expect(next('30 2 * * *', 'Europe/Paris', first)).toBe('2030-10-28T01:30:00.000Z');
  });
});
