import type { JsonObject } from '../../../common/json/json-object.js';
import type { ScriptProblem } from '../../scripting/sandbox/script.types.js';
import type { DefinitionLookups } from './definition-lookups.js';
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from './definition.types.js';
import { validateDefinition } from './validate-definition.js';

const SCRIPT_ID = '01890000-0000-7000-8000-000000000001';

const syntax = (text: string): ScriptProblem[] =>
  text.includes('broken') ? [{ code: 'syntax', message: 'Does not parse.', line: 3 }] : [];

const lookups: DefinitionLookups = {
  scriptExists: (id) => id === SCRIPT_ID,
  triggerProblems: [],
  actionProblems: (action, config) => {
    if (action !== 'log') return null;
    return config['message'] === undefined ? [{ pointer: '/message', code: 'required', detail: 'Is missing.' }] : [];
  },
  conditionProblems: syntax,
  transformProblems: syntax,
  luaProblems: syntax,
  referenceProblems: (value, pointer) => (value === 'broken' ? [{ pointer, code: 'reference', detail: 'None.' }] : []),
};

const node = (id: string, type = 'transform', config: JsonObject = defaultConfig(type), more: object = {}) =>
  ({ id, type, config, ...more }) as WorkflowNode;

function defaultConfig(type: string): JsonObject {
  const configs: Record<string, JsonObject> = {
    transform: { transform: '$' },
    condition: { condition: 'true' },
    action: { action: 'log', message: 'x' },
    lua: { code: 'return 1' },
  };
  return configs[type] ?? {};
}

const edge = (source: string, target: string, label?: string): WorkflowEdge => ({
  id: `${source}-${target}-${label}`,
  source,
  target,
  ...(label !== undefined && { label }),
});

async function problemsOf(
  given: Partial<WorkflowDefinition>,
  more: Partial<DefinitionLookups> = {},
): Promise<string[]> {
  const definition: WorkflowDefinition = {
    name: 'x',
    trigger: 'manual',
    triggerConfig: {},
    nodes: [node('a')],
    edges: [],
    settings: {},
    ...given,
  };
  return (await validateDefinition(definition, { ...lookups, ...more })).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );
}

describe('the validation of a definition', () => {
  it('finds nothing wrong with branches that join', async () => {
    const nodes = [node('t', 'trigger'), node('c', 'condition'), node('a'), node('b', 'lua'), node('j', 'action')];
    const edges = [
      edge('t', 'c'),
      edge('c', 'a', 'true'),
      edge('c', 'b', 'false'),
      edge('a', 'j'),
      edge('b', 'j', 'done'),
    ];
    expect(await problemsOf({ nodes, edges })).toEqual([]);
  });

  it('needs no trigger: what nothing leads to is a beginning', async () => {
    expect(await problemsOf({ nodes: [node('a'), node('b')] })).toEqual([]);
  });

  it('gives others their turn', async () => {
    const nodes = Array.from({ length: 100 }, (_, index) => node(`n${index}`, 'condition'));
    const until = (time: number): void => {
      while (performance.now() < time);
    };
    let isOver = false;
    let turns = 0;
    const definition = { name: 'x', trigger: 'manual', triggerConfig: {}, nodes, edges: [], settings: {} } as const;
    const slow = { ...lookups, conditionProblems: () => (until(performance.now() + 1), []) };
    const validation = validateDefinition({ ...definition, nodes, edges: [] }, slow).finally(() => (isOver = true));
    for (; !isOver; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await validation).toEqual([]);
    expect(turns).toBeGreaterThan(5);
  });

  it('reports everything at once', async () => {
    const nodes = [node('a', 'robot'), node('a', 'condition', {}), node('b', 'action', { action: 'fly' })];
    const edges = [edge('a', 'nowhere'), edge('b', 'b')];
    const triggerProblems = [{ pointer: '/triggerConfig/name', code: 'required', detail: 'Is missing.' }];
    expect(await problemsOf({ nodes, edges, trigger: 'event', triggerConfig: {} }, { triggerProblems })).toEqual([
      '/triggerConfig/name required',
      '/nodes/1/id duplicate_id',
      '/edges/0/target unknown_node',
      '/nodes/2 cycle',
      '/nodes/0/type unknown_type',
      '/nodes/1/config/condition required',
      '/nodes/2/config/action unknown_action',
    ]);
  });

  describe('of the drawing', () => {
    it.each<[string, Partial<WorkflowDefinition>, string[]]>([
      ['no nodes', { nodes: [] }, ['/nodes no_nodes']],
      ['501 nodes', { nodes: Array.from({ length: 501 }, (_, n) => node(`n${n}`)) }, ['/nodes too_many_nodes']],
      ['an edge from nowhere', { nodes: [node('a')], edges: [edge('gone', 'a')] }, ['/edges/0/source unknown_node']],
      [
        'two edges of one id',
        { nodes: [node('a'), node('b')], edges: [edge('a', 'b'), edge('a', 'b')] },
        ['/edges/1/id duplicate_id'],
      ],
      ['an edge to itself', { edges: [edge('a', 'a')] }, ['/nodes/0 cycle']],
      ['two triggers', { nodes: [node('s', 'trigger'), node('t', 'trigger')] }, ['/nodes/1 trigger_count']],
      [
        'an edge into a trigger',
        { nodes: [node('t', 'trigger'), node('a')], edges: [edge('t', 'a'), edge('a', 't')] },
        ['/edges/1/target trigger_target', '/nodes/0 cycle'],
      ],
      [
        'a node that the trigger does not lead to',
        { nodes: [node('t', 'trigger'), node('a'), node('b'), node('c')], edges: [edge('t', 'a'), edge('b', 'c')] },
        ['/nodes/2 unreachable', '/nodes/3 unreachable'],
      ],
      [
        'an outcome that no condition has',
        { nodes: [node('c', 'condition'), node('a')], edges: [edge('c', 'a', 'maybe')] },
        ['/edges/0/label edge_label'],
      ],
      [
        'an edge for errors that end the run',
        { nodes: [node('a'), node('b')], edges: [edge('a', 'b', 'error')] },
        ['/edges/0/label error_edge'],
      ],
    ])('tells of %s', async (_, definition, problems) => {
      expect(await problemsOf(definition)).toEqual(problems);
    });

    it('takes 500 nodes, one after the other', async () => {
      const nodes = Array.from({ length: 500 }, (_, n) => node(`n${n}`));
      const edges = nodes.slice(1).map(({ id }, n) => edge(`n${n}`, id));
      expect(await problemsOf({ nodes, edges })).toEqual([]);
    });

    it('takes an edge for errors that go on', async () => {
      const nodes = [node('a', 'action', undefined, { onError: 'continue' }), node('b')];
      expect(await problemsOf({ nodes, edges: [edge('a', 'b', 'error')] })).toEqual([]);
    });

    it('names the whole circle', async () => {
      const nodes = [node('a'), node('b'), node('c')];
      const edges = [edge('a', 'b'), edge('b', 'c'), edge('c', 'b')];
      const definition = { name: 'x', trigger: 'manual' as const, triggerConfig: {}, nodes, edges, settings: {} };
      expect(await validateDefinition(definition, lookups)).toEqual([
        { pointer: '/nodes/1', code: 'cycle', detail: 'The edges form a cycle: b → c → b.' },
      ]);
    });

    it('bears a tangle of everything with everything', async () => {
      const nodes = Array.from({ length: 70 }, (_, n) => node(`n${n}`));
      const edges = nodes.flatMap(({ id }) => nodes.map((other) => edge(id, other.id)));
      const definition = { name: 'x', trigger: 'manual' as const, triggerConfig: {}, nodes, edges, settings: {} };
      const problems = await validateDefinition(definition, lookups);
      expect(problems).toHaveLength(70);
      expect(JSON.stringify(problems).length).toBeLessThan(20_000);
    });

    it('finds every circle of a tangle', async () => {
      const nodes = [node('a'), node('b'), node('c'), node('d')];
      const edges = [edge('a', 'b'), edge('b', 'a'), edge('c', 'd'), edge('d', 'c'), edge('a', 'd')];
      expect((await problemsOf({ nodes, edges })).filter((problem) => problem.endsWith('cycle'))).toHaveLength(2);
    });
  });

  describe('of nodes', () => {
    it.each<[string, WorkflowNode, string[]]>([
      [
        'a condition that does not parse',
        node('a', 'condition', { condition: 'broken' }),
        ['/condition expression_syntax'],
      ],
      ['a condition that is a number', node('a', 'condition', { condition: 1 }), ['/condition text']],
      ['a slip of the pen', node('a', 'transform', { transfrom: '$' }), ['/transfrom unknown', '/transform required']],
      [
        'a transform that does not parse',
        node('a', 'transform', { transform: 'broken' }),
        ['/transform expression_syntax'],
      ],
      ['Lua that does not parse', node('a', 'lua', { code: 'broken' }), ['/code expression_syntax']],
      ['no Lua at all', node('a', 'lua', {}), [' lua_source']],
      ['Lua twice', node('a', 'lua', { code: 'return 1', scriptId: SCRIPT_ID }), [' lua_source']],
      ['a script that is none', node('a', 'lua', { scriptId: 'my script' }), ['/scriptId unknown_script']],
      [
        'limits that are none',
        node('a', 'lua', { code: 'return 1', timeoutMs: 99, memoryLimitBytes: 1e9 }),
        ['/timeoutMs range', '/memoryLimitBytes range'],
      ],
      ['a reference that is none', node('a', 'lua', { code: 'return 1', input: 'broken' }), ['/input reference']],
      ['an action without a name', node('a', 'action', {}), ['/action required']],
      ['what the action itself finds', node('a', 'action', { action: 'log' }), ['/message required']],
    ])('tells of %s', async (_, given, problems) => {
      expect(await problemsOf({ nodes: [given] })).toEqual(problems.map((problem) => `/nodes/0/config${problem}`));
    });

    it('tells the line of a mistake', async () => {
      const definition = {
        name: 'x',
        trigger: 'manual' as const,
        triggerConfig: {},
        nodes: [node('a', 'lua', { code: 'broken' })],
        edges: [],
        settings: {},
      };
      expect((await validateDefinition(definition, lookups))[0]).toMatchObject({ detail: 'Line 3: Does not parse.' });
    });
  });
});
