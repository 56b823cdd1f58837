import type { JsonObject } from '../../../common/json/json-object.js';
import { nextOccurrence, scheduleProblems } from './schedule-rules.js';

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

describe('what is wrong with a schedule', () => {
  it.each([
    ['x * * * *', /^Column 1: x is not a valid minute; expected 0 to 59/],
    ['0 25 * * *', /^Column 3: 25 is not a valid hour; expected 0 to 23/],
    ['0  6 32 * *', /^Column 6: 32 is not a valid day of the month; expected 1 to 31/],
    ['0 6 1 FOO *', /^Column 7: FOO is not a valid month/],
    ['0 6 * * 5-1', /^Column 9: 5-1 is not a valid day of the week/],
    ['*/0 * * * *', /^Column 1: \*\/0 is not a valid minute/],
    ['* * * *', /has 4\.$/],
    ['* * * * * *', /has 6\.$/],
    ['', /has 0\.$/],
    ['2030-01-01T10:00:00Z', /has 1\.$/],
    ['0 0 31 2 *', /Never matches any time/],
  ])('is told with its place: %s', (cron, detail) => {
    expect(scheduleProblems({ cron }, '/triggerConfig')).toEqual([
      { pointer: '/triggerConfig/cron', code: 'cron', detail: expect.stringMatching(detail) as string },
    ]);
  });

  it.each(['0 7 * * 1-5', '*/5 0-6,12 1 JAN-MAR MON#2', '0 0 L * *', '@daily', ' 0 0 ? * 7 '])(
    'is nothing: %s',
    (cron) => {
      expect(scheduleProblems({ cron }, '/triggerConfig')).toEqual([]);
      expect(nextOccurrence({ cron }, new Date('2030-01-01T00:00:00Z'))).toBeInstanceOf(Date);
    },
  );

  it.each<[string, JsonObject, string[]]>([
    ['a schedule without a time', {}, ['/cron required']],
    ['a schedule that is a wish', { cron: 'soon' }, ['/cron cron']],
    ['a schedule to the second', { cron: '* * * * * *' }, ['/cron cron']],
    ['a day that never comes', { cron: '0 0 30 2 *' }, ['/cron cron']],
    ['a time zone that is none', { cron: '0 6 * * *', timeZone: 'Mars/Olympus' }, ['/timeZone time_zone']],
    ['nothing, every five minutes', { cron: '*/5 * * * *' }, []],
    ['nothing, on Mondays in Paris', { cron: '0 6 * * MON', timeZone: 'Europe/Paris' }, []],
  ])('is told of %s', (_, config, problems) => {
    expect(scheduleProblems(config, '').map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(problems);
  });
});
