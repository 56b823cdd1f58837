import { convertImport } from './convert-import.js';

const REGISTRATION = {
  id: 'workflow_user_registration',
  name: 'User Registration Flow',
  description: 'Handles new user registration process',
  enabled: true,
  nodes: [
    {
      id: 'node_validate',
      type: 'condition',
      label: 'Validate Input',
      config: { action: 'validate_email' },
      position: { x: 100, y: 100 },
    },
    { id: 'node_create', type: 'action', label: 'Create User', config: { action: 'create_user' } },
  ],
  edges: [{ id: 'edge_1', source: 'node_validate', target: 'node_create', label: 'valid' }],
};

describe('the conversion of workflows from other systems', () => {
  it('leaves a body in our own form as it is', () => {
    const body = { name: 'x', nodes: [{ id: 'a', type: 'lua' }], edges: [] };
    expect(convertImport(body)).toBe(body);
    for (const odd of [null, undefined, 1, 'text', []]) expect(convertImport(odd)).toBe(odd);
  });

  it('takes nodes and edges with "enabled", whose conditions knew no false', () => {
    expect(convertImport(REGISTRATION)).toEqual({
      name: REGISTRATION.name,
      description: REGISTRATION.description,
      nodes: REGISTRATION.nodes,
      edges: [{ id: 'edge_1', source: 'node_validate', target: 'node_create', label: 'true' }],
      config: REGISTRATION,
    });
  });

  describe('with connections', () => {
    const convert = (given: object) =>
      convertImport({ name: 'x', connections: {}, ...given }) as Record<string, unknown>;

    it('finds nodes by name and by id, and makes ids of names that are none', () => {
      const nodes = [
        { id: 'first node', name: 'First!', type: 'trigger' },
        { name: 'Second', type: 'lua', parameters: { code: 'return 1' } },
      ];
      const connections = {
        'First!': { main: [[{ node: 'Second', type: 'main', index: 0 }]] },
        Second: { main: [[{ node: 'Lost' }]] },
      };
      expect(convert({ nodes, connections })).toMatchObject({
        nodes: [
          { id: 'first_node', type: 'trigger', label: 'First!', config: {} },
          { id: 'Second', type: 'lua', label: 'Second', config: { code: 'return 1' } },
        ],
        edges: [
          { id: 'edge_1', source: 'first_node', target: 'Second' },
          { id: 'edge_2', source: 'Second', target: 'Lost' },
        ],
      });
    });

    it('makes labels of outputs', () => {
      const nodes = [
        { id: 'if', type: 'n8n-nodes-base.if', parameters: { condition: 'true' }, onError: 'continueErrorOutput' },
        ...['yes', 'no', 'oops'].map((id) => ({ id, type: 'lua' })),
      ];
      const connections = { if: { main: [[{ node: 'yes' }], [{ node: 'no' }], [{ node: 'oops' }]] } };
      expect(convert({ nodes, connections })['edges']).toMatchObject([
        { target: 'yes', label: 'true' },
        { target: 'no', label: 'false' },
        { target: 'oops', label: 'error' },
      ]);
    });

    it.each([
      ['stopWorkflow', {}],
      ['continueRegularOutput', { onError: 'continue' }],
      ['continueErrorOutput', { onError: 'continue' }],
      ['retry', { retry: { maxAttempts: 3 } }],
    ])('understands onError %s', (onError, expected) => {
      const { nodes } = convert({ nodes: [{ id: 'a', type: 'lua', onError }] }) as { nodes: object[] };
      expect(nodes).toEqual([{ id: 'a', type: 'lua', config: {}, ...expected }]);
    });

    it('names an action after a type that means nothing here, so that validation can tell', () => {
      const parameters = { operation: 'database_read', entity: 'Notification' };
      const { nodes } = convert({ nodes: [{ id: 'a', type: 'metabuilder.database', parameters }] });
      expect(nodes).toEqual([{ id: 'a', type: 'action', config: { action: 'metabuilder.database', ...parameters } }]);
    });

    it('takes requests, webhooks, limits and positions over', () => {
      const body = convert({
        nodes: [
          { id: 'w', type: 'n8n-nodes-base.webhook', position: [1, 2] },
          { id: 'h', type: 'n8n-nodes-base.httpRequest', parameters: { url: 'https://example.com' } },
        ],
        settings: { executionTimeout: 3600, maxConcurrentExecutions: 10, timezone: 'UTC' },
      });
      expect(body).toMatchObject({
        trigger: 'webhook',
        settings: { timeoutMs: 3_600_000, maxConcurrentRuns: 10 },
        nodes: [
          { id: 'w', type: 'trigger', position: { x: 1, y: 2 } },
          { id: 'h', type: 'action', config: { action: 'http.request', url: 'https://example.com' } },
        ],
      });
    });

    it('bears what makes no sense', () => {
      const odd = { nodes: [null, 1, {}], connections: { a: 1, b: { main: [null, [1, {}]] }, c: null }, settings: [] };
      expect(convert(odd)).toMatchObject({
        nodes: [{ id: 'node_1', type: 'action' }],
        edges: [{ source: 'b', target: 'unknown' }],
      });
    });
  });

  describe('with steps', () => {
    const convert = (steps: unknown) => convertImport({ name: 'x', steps }) as Record<string, unknown>;

    it('lets one follow the other', () => {
      const steps = [
        { name: 'Read it', action: 'log', config: { message: 'x' } },
        { id: 'say', action: 'log', message: 'y' },
        { id: 'twice', code: 'return input * 2' },
        { condition: 'input > 1' },
        { transform: '$' },
      ];
      expect(convert(steps)).toMatchObject({
        nodes: [
          { id: 'Read_it', type: 'action', label: 'Read it', config: { action: 'log', message: 'x' } },
          { id: 'say', type: 'action', config: { action: 'log', message: 'y' } },
          { id: 'twice', type: 'lua', config: { code: 'return input * 2' } },
          { id: 'step_4', type: 'condition', config: { condition: 'input > 1' } },
          { id: 'step_5', type: 'transform', config: { transform: '$' } },
        ],
        edges: [
          { source: 'Read_it', target: 'say' },
          { source: 'say', target: 'twice' },
          { source: 'twice', target: 'step_4' },
          { source: 'step_4', target: 'step_5' },
        ],
      });
    });

    it('goes where a step says', () => {
      const steps = [
        { id: 'a', type: 'lua', next: ['c', 'b'] },
        { id: 'b', type: 'lua', next: null },
        { id: 'c', type: 'lua' },
      ];
      expect(convert(steps)['edges']).toMatchObject([
        { source: 'a', target: 'c' },
        { source: 'a', target: 'b' },
      ]);
    });

    it('leaves what is no list for the validation', () => {
      expect(convert('first, then')).toMatchObject({ nodes: 'first, then' });
      expect(convert([1])).toMatchObject({ nodes: [1] });
    });
  });

  describe('with one config', () => {
    it('reads what it holds, and keeps it word for word', () => {
      const config = ` ${JSON.stringify(REGISTRATION)} `;
      expect(convertImport({ config })).toMatchObject({ name: REGISTRATION.name, nodes: REGISTRATION.nodes, config });
      expect(convertImport({ name: 'Mine', config: REGISTRATION })).toMatchObject({
        name: 'Mine',
        nodes: REGISTRATION.nodes,
        config: REGISTRATION,
      });
    });

    it('keeps what it cannot read', () => {
      for (const config of ['on: monday', '[1]', '"text"', 7, null, { note: 'x' }]) {
        expect(convertImport({ name: 'x', config })).toEqual({ name: 'x', config: config ?? { name: 'x', config } });
      }
    });
  });

  describe('of more than a draft may hold', () => {
    const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));
    const refusalOf = (source: object): unknown => {
      try {
        return convertImport(source as never);
      } catch (error) {
        return (error as { problems?: unknown }).problems;
      }
    };

    it.each<[string, object, string]>([
      ['/nodes/0/parameters', { nodes: [{ parameters: many(1001) }], connections: {} }, 'max_values'],
      ['/steps/0', { steps: [many(1001)] }, 'max_values'],
      ['/settings', { nodes: [], connections: {}, settings: many(1001) }, 'max_values'],
      ['/connections', { nodes: [], connections: many(10_001) }, 'array_max_size'],
    ])('is refused before it is converted: %s', (pointer, source, code) => {
      expect(refusalOf(source)).toMatchObject([{ pointer, code }]);
    });

    it('does not begin at 1,000 fields', () => {
      expect(convertImport({ nodes: [{ parameters: many(1000) }], connections: {} } as never)).toHaveProperty('nodes');
    });
  });
});
