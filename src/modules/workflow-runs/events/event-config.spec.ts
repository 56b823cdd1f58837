import type { JsonObject } from '../../../common/json/json-object.js';
import { eventConfigProblems } from './event-config.js';

const problemsOf = (config: JsonObject): string[] =>
  eventConfigProblems(config, {
    eventExists: (name) => name === 'user.created' || name.startsWith('custom.'),
    filterProblems: (text) => (text.includes('broken') ? [{ code: 'syntax', message: 'Does not parse.' }] : []),
  }).map(({ pointer, code }) => `${pointer} ${code}`);

describe('The configuration of an event trigger', () => {
  it.each<[string, JsonObject, string[]]>([
    ['no event', {}, ['/name required']],
    ['an event that is no name', { name: 'User Created' }, ['/name event_name']],
    ['an event that nothing emits', { name: 'user.creatd' }, ['/name event_unknown']],
    ['a filter that does not parse', { name: 'user.created', filter: 'broken' }, ['/filter expression_syntax']],
    ['a filter that is empty', { name: 'user.created', filter: ' ' }, ['/filter text']],
    ['events from somebody in particular', { name: 'user.created', from: 'me' }, ['/from event_from']],
  ])('refuses %s', (_, config, problems) => {
    expect(problemsOf(config)).toEqual(problems);
  });

  it.each<[JsonObject]>([
    [{ name: 'custom.order.placed' }],
    [{ name: 'custom.order.placed', from: 'anyone' }],
    [{ name: 'user.created', filter: 'event.payload.role == "admin"' }],
  ])('accepts %j', (config) => {
    expect(problemsOf(config)).toEqual([]);
  });
});
