import { Cron } from 'croner';
import { unknownKeys } from '../../../../common/json/unknown-keys.js';
import type { Trigger } from '../../triggers/trigger.types.js';
import type { DefinitionLookups } from '../definition-lookups.js';
import type { DefinitionProblem, WorkflowDefinition } from '../definition.types.js';
import { validateDefinition } from '../validate-definition.js';
import { convertImport } from './convert-import.js';

/** All expressions and scripts are valid, and two actions exist. */
const LOOKUPS = {
  conditionProblems: () => [],
  transformProblems: () => [],
  luaProblems: () => [],
  referenceProblems: () => [],
  scriptExists: () => true,
  actionProblems: (name: string, config: object) => {
    const known: Record<string, string[]> = { log: ['action', 'message'], 'http.request': ['action', 'url', 'method'] };
    const fields = known[name];
    if (!fields) return null;
    return Object.keys(config)
      .filter((key) => !fields.includes(key))
      .map((key) => ({ pointer: `/${key}`, code: 'unknown', detail: 'unknown' }));
  },
} as unknown as DefinitionLookups;

/** As declared by the triggers, which are in modules further right. */
const TRIGGER_FIELDS: Record<Trigger, string[]> = {
  manual: [],
  schedule: ['cron', 'timeZone'],
  event: ['name', 'filter', 'from'],
  webhook: ['verify', 'deliveryHeader', 'rawBody'],
};

function triggerProblems({ trigger, triggerConfig }: Converted): DefinitionProblem[] {
  const unknown = unknownKeys(triggerConfig, TRIGGER_FIELDS[trigger], '/triggerConfig');
  if (trigger !== 'schedule') return unknown;
  const { cron, timeZone = 'UTC' } = triggerConfig;
  try {
    if (new Cron(String(cron), { mode: '5-part', timezone: String(timeZone) }).nextRun()) return unknown;
  } catch {
    // Neither a time that comes nor one that can be read.
  }
  return [...unknown, { pointer: '/triggerConfig/cron', code: 'cron', detail: 'Is no time.' }];
}

type Converted = Pick<WorkflowDefinition, 'nodes' | 'edges' | 'trigger' | 'triggerConfig'>;

function convert(body: object): Converted {
  const {
    nodes = [],
    edges = [],
    trigger = 'manual',
    triggerConfig = {},
  } = convertImport({
    name: 'x',
    ...body,
  }) as Partial<Converted>;
  return { nodes: nodes.map((node) => ({ ...node, config: node.config ?? {} })), edges, trigger, triggerConfig };
}

async function problems(body: object): Promise<string[]> {
  const converted = convert(body);
  const lookups = { ...LOOKUPS, triggerProblems: triggerProblems(converted) };
  const found = await validateDefinition({ name: 'x', settings: {}, ...converted }, lookups);
  return found.map(({ pointer, code }) => `${pointer} ${code}`);
}

const links = (...lines: string[]): Record<string, { main: { node: string }[][] }> =>
  Object.fromEntries(lines.map((line) => line.split(' > ')).map(([from, to]) => [from, { main: [[{ node: to! }]] }]));
const edgesOf = ({ edges }: Converted): string[] =>
  edges.map(({ source, target, label }) => `${source} ${label ?? '-'} ${target}`);
const log = (id: string, rest: object = {}): object => ({ id, action: 'log', message: id, ...rest });
const LOG = { type: 'action', parameters: { action: 'log', message: 'x' } };

describe('An import keeps what was meant', () => {
  it('does not do what is switched off: it passes on what it gets', async () => {
    const offs = [{ disabled: true }, { enabled: false }, { enabled: 'no' }, { enabled: 'False' }, { disabled: 'yes' }];
    for (const off of [...offs, { disabled: 1 }, { enabled: 0 }]) {
      const steps = { steps: [log('a'), log('b', off), log('c')] };
      expect(convert(steps).nodes[1]).toMatchObject({ id: 'b', type: 'condition', config: { condition: 'true' } });
      expect(edgesOf(convert(steps))).toEqual(['a - b', 'b - c']);
      expect(await problems(steps)).toEqual([]);
      const connected = {
        nodes: [
          { id: 'a', ...LOG, ...off },
          { id: 'b', ...LOG },
        ],
        connections: links('a > b'),
      };
      expect(convert(connected).nodes[0]).toMatchObject({ type: 'condition', config: { condition: 'true' } });
      const plain = { isActive: true, nodes: [{ id: 'a', type: 'lua', config: {}, ...off }], edges: [] };
      expect(convert(plain).nodes[0]).toEqual({ id: 'a', type: 'condition', config: { condition: 'true' } });
    }
  });

  it('tells names apart, whatever their script', async () => {
    const nodes = ['取得', '保存', 'Größe', 'Grosse', 'Gro e', 'Gro-e'].map((name) => ({ name, ...LOG }));
    const body = { nodes, connections: links('取得 > 保存', '保存 > Größe') };
    const converted = convert(body);
    expect(new Set(converted.nodes.map(({ id }) => id)).size).toBe(nodes.length);
    for (const { id } of converted.nodes) expect(id).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
    const [first, second, third] = converted.nodes.map(({ id }) => id);
    expect(edgesOf(converted)).toEqual([`${first} - ${second}`, `${second} - ${third}`]);
    expect(await problems(body)).toEqual([]);
  });

  it('does a step only where its condition holds, and goes on either way', async () => {
    const body = { steps: [log('a'), log('b', { condition: 'input > 1' }), log('c', { condition: 'input > 2' })] };
    const converted = convert(body);
    expect(converted.nodes.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'a action',
      'b_if condition',
      'b action',
      'c_if condition',
      'c action',
    ]);
    expect(edgesOf(converted)).toEqual(['a - b_if', 'b_if true b', 'b - c_if', 'b_if false c_if', 'c_if true c']);
    expect(await problems(body)).toEqual([]);
  });

  it.each([
    [{ rule: { interval: [{ field: 'days', triggerAtHour: 9, triggerAtMinute: 30 }] } }, '30 9 * * *'],
    [{ rule: { interval: [{ field: 'weeks', triggerAtDay: [1, 3], triggerAtHour: 7 }] } }, '0 7 * * 1,3'],
    [{ rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } }, '*/15 * * * *'],
    [{ rule: { interval: [{ field: 'hours', hoursInterval: 6, triggerAtMinute: 5 }] } }, '5 */6 * * *'],
    [{ rule: { interval: [{ field: 'months', monthsInterval: 3, triggerAtDayOfMonth: 2 }] } }, '0 0 2 */3 *'],
    [{ rule: { interval: [{ field: 'cronExpression', expression: '0 0 6 * * 1' }] } }, '0 6 * * 1'],
    [{ triggerTimes: { item: [{ mode: 'everyWeek', weekday: '5', hour: 8, minute: 15 }] } }, '15 8 * * 5'],
    [{ triggerTimes: { item: [{ mode: 'everyX', value: 2, unit: 'hours' }] } }, '0 */2 * * *'],
    [{ interval: 10, unit: 'minutes' }, '*/10 * * * *'],
  ])('runs when its schedule says: %j', async (parameters, cron) => {
    const nodes = [
      { id: 't', type: 'n8n-nodes-base.scheduleTrigger', parameters },
      { id: 'a', ...LOG },
    ];
    const body = { nodes, connections: links('t > a'), settings: { timezone: 'Europe/Paris' } };
    expect(convert(body)).toMatchObject({ trigger: 'schedule', triggerConfig: { cron, timeZone: 'Europe/Paris' } });
    expect(await problems(body)).toEqual([]);
  });

  it('goes where an output for errors leads, and nowhere else', async () => {
    const body = {
      nodes: [
        { id: 'a', ...LOG },
        { id: 'b', ...LOG },
        { id: 'oops', ...LOG },
      ],
      connections: { a: { main: [[{ node: 'b' }]], error: [[{ node: 'oops' }]] } },
    };
    expect(convert(body).nodes[0]).toMatchObject({ onError: 'continue' });
    expect(edgesOf(convert(body))).toEqual(['a - b', 'a error oops']);
    expect(await problems(body)).toEqual([]);
  });

  it('goes on after a failure where that was said', () => {
    const nodes = [
      { id: 'a', ...LOG, onError: 'continueRegularOutput' },
      { id: 'b', ...LOG },
    ];
    expect(edgesOf(convert({ nodes, connections: links('a > b') }))).toEqual(['a - b', 'a error b']);
    expect(edgesOf(convert({ steps: [log('a', { continueOnFail: true }), log('b')] }))).toEqual(['a - b', 'a error b']);
  });

  it.each([
    ['no', 'false'],
    ['False', 'false'],
    ['invalid', 'false'],
    ['Yes', 'true'],
    ['valid', 'true'],
    ['true', 'true'],
    ['perhaps', 'perhaps'],
  ])('understands the word %s behind a condition as %s', (word, label) => {
    const nodes = [
      { id: 'a', type: 'condition' },
      { id: 'b', type: 'lua' },
    ];
    const body = { enabled: true, nodes, edges: [{ source: 'a', target: 'b', label: word }] };
    expect(convert(body).edges[0]!.label).toBe(label);
  });
});

describe('The validation names what an import could not keep', () => {
  const trigger = { id: 't', type: 'n8n-nodes-base.manualTrigger' };
  const connected = (nodes: object[], rest: object = {}): object => ({
    nodes: [trigger, ...nodes],
    connections: links('t > a'),
    ...rest,
  });
  const http = { id: 'a', type: 'n8n-nodes-base.httpRequest', parameters: { url: 'https://x.example' } };

  it.each([
    [
      'credentials',
      connected([{ ...http, credentials: { httpBasicAuth: { id: '1' } } }]),
      '/nodes/1/config/credentials unknown',
    ],
    [
      'a switch that says neither on nor off',
      { steps: [log('a', { enabled: 'sometimes' })] },
      '/nodes/0/config/enabled unknown',
    ],
    ['a switch of a connected node', connected([{ ...http, disabled: 'perhaps' }]), '/nodes/1/config/disabled unknown'],
    [
      'a switch of a node in our form',
      { isActive: true, nodes: [{ ...LOG, id: 'a', config: LOG.parameters, enabled: '' }], edges: [] },
      '/nodes/0/config/enabled unknown',
    ],
    ['a node that runs once', connected([{ ...http, executeOnce: true }]), '/nodes/1/config/executeOnce unknown'],
    [
      'an output without a meaning',
      { ...connected([http]), connections: { ...links('t > a'), a: { ai_tool: [[{ node: 't' }]] } } },
      '/nodes/1/config/connections unknown',
    ],
    [
      'a second output',
      {
        ...connected([http, { id: 'b', ...LOG }]),
        connections: { ...links('t > a'), a: { main: [[], [{ node: 'b' }]] } },
      },
      '/nodes/1/config/connections unknown',
    ],
    ['a workflow for errors', connected([http], { settings: { errorWorkflow: '7' } }), '/nodes/2 not_imported'],
    ['variables', connected([http], { variables: { a: 1 } }), '/nodes/2 not_imported'],
    [
      'a trigger that nobody knows',
      { nodes: [{ id: 't', type: 'n8n-nodes-base.emailReadImapTrigger' }], connections: {} },
      '/nodes/0/config/action unknown_action',
    ],
    [
      'a trigger that is switched off',
      { nodes: [{ ...trigger, disabled: true }], connections: {} },
      '/nodes/0 not_imported',
    ],
    [
      'a webhook that asks for a password',
      {
        nodes: [{ id: 't', type: 'n8n-nodes-base.webhook', parameters: { path: 'x', authentication: 'basicAuth' } }],
        connections: {},
      },
      '/nodes/0/config/authentication unknown',
    ],
    [
      'a schedule that cron cannot say',
      {
        nodes: [
          {
            id: 't',
            type: 'n8n-nodes-base.scheduleTrigger',
            parameters: { rule: { interval: [{ field: 'hours', hoursInterval: 7 }] } },
          },
        ],
        connections: {},
      },
      '/triggerConfig/rule unknown',
    ],
    [
      'two schedules in one',
      {
        nodes: [{ id: 't', type: 'n8n-nodes-base.scheduleTrigger', parameters: { rule: { interval: [{}, {}] } } }],
        connections: {},
      },
      '/triggerConfig/rule unknown',
    ],
    ['another way to bear failures', connected([{ ...http, onError: 'shrug' }]), '/nodes/1/config/onError unknown'],
    ['a field of a step', { steps: [log('a', { repeatUntil: 'done' })] }, '/nodes/0/config/repeatUntil unknown'],
    ['a field of a workflow of steps', { steps: [log('a')], variables: { a: 1 } }, '/nodes/1 not_imported'],
    [
      'a field of a workflow in our form',
      {
        enabled: true,
        nodes: [{ id: 'a', type: 'action', config: { action: 'log', message: 'x' } }],
        edges: [],
        variables: { a: 1 },
      },
      '/nodes/1 not_imported',
    ],
  ])('%s', async (_what, body, problem) => {
    expect(await problems(body)).toContain(problem);
  });
});
