import { checkTemplates, hasReference, resolveTemplate, TemplateError } from './templates.js';

const SCOPE = {
  input: {
    name: 'Ada',
    count: 3,
    none: null,
    list: [{ id: 'a' }, { id: 'b' }],
    'odd key': 1,
    nested: { ok: true },
    größe: 7,
    名前: '花子',
  },
  steps: { 'fetch-data': { output: { status: 200 } } },
};

function failureOf(value: unknown): TemplateError {
  try {
    resolveTemplate(value, SCOPE);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('References in configurations', () => {
  it.each([
    ['{{ input.count }}', 3],
    ['{{input.nested}}', { ok: true }],
    ['{{ input.list[1].id }}', 'b'],
    ['{{ input["odd key"] }}', 1],
    ['{{ steps.fetch-data.output.status }}', 200],
    ['{{ input.größe }}', 7],
    ['{{ input.名前 }}', '花子'],
    ['{{ input.none }}', null],
    ['{{ input.missing ?? null }}', null],
    ['{{ input.missing ?? [1, "}}"] }}', [1, '}}']],
    ['{{ input.missing.deeper ?? "nobody" }}', 'nobody'],
    ['{{ input.none ?? 7 }}', 7],
    ['Hello {{ input.name }}, {{ input.count }} new', 'Hello Ada, 3 new'],
    ['{{ input.name }}{{ input.count }}', 'Ada3'],
    ['list: {{ input.list }}', 'list: [{"id":"a"},{"id":"b"}]'],
    ['nothing: {{ input.none }}.', 'nothing: .'],
    ['\\{{ input.name }}', '{{ input.name }}'],
    ['no braces', 'no braces'],
    ['{ {input.name} }', '{ {input.name} }'],
    ['{{{input.count}}}', '{3}'],
    ['\\{{{ input.count }}', '{{{ input.count }}'],
    ['C:\\{ "a": "\\n" } {', 'C:\\{ "a": "\\n" } {'],
  ])('are filled in: %s', (text, expected) => {
    expect(resolveTemplate(text, SCOPE)).toEqual(expected);
  });

  it('are filled in everywhere but in keys, and leave the configuration as it was', () => {
    const config = { '{{ input.name }}': ['{{ input.count }}', { deep: 'x{{ input.count }}' }], n: 1, nothing: null };
    const before = structuredClone(config);
    expect(resolveTemplate(config, SCOPE)).toEqual({ '{{ input.name }}': [3, { deep: 'x3' }], n: 1, nothing: null });
    expect(config).toEqual(before);
  });

  it('are not looked for in what they bring', () => {
    expect(resolveTemplate('{{ input.a }}', { input: { a: '{{ input.b }}', b: 'secret' } })).toBe('{{ input.b }}');
    expect(resolveTemplate('x {{ input.a }}', { input: { a: '{{ input.b }}', b: 'secret' } })).toBe('x {{ input.b }}');
  });

  it.each([
    ['{{ input.missing }}', 'matches nothing'],
    ['x {{ input.list[9].id }}', 'matches nothing'],
    ['{{ input.constructor }}', 'matches nothing'],
    ['{{ input.__proto__ }}', 'matches nothing'],
    ['{{ input.name.length }}', 'matches nothing'],
    ['{{ toString }}', 'matches nothing'],
    ['{{ input.count + 1 }}', 'Not a reference'],
    ['{{ process.exit() }}', 'Not a reference'],
    ['{{ }}', 'Not a reference'],
    ['{{ input.name ?? nobody }}', 'Not a reference'],
    ['{{ input.name ?? 12345678901234567890 }}', 'Not a reference'],
    ['{{ input.name ?? [1e400] }}', 'Not a reference'],
    ['{{ input.name ?? "\\u0000" }}', 'Not a reference'],
    [`{{ input.name ?? ${'['.repeat(200)}${']'.repeat(200)} }}`, 'Not a reference'],
  ])('fail clearly: %s', (text, message) => {
    const failure = failureOf({ list: [1, { 'a/b': text }] });
    expect(failure.message).toContain(message);
    expect(failure.pointer).toBe('/list/1/a~1b');
  });

  it('do not make texts of any length', () => {
    const scope = { input: { text: 'x'.repeat(600_000) } };
    expect(() => resolveTemplate('{{ input.text }}{{ input.text }}', scope)).toThrow(/longer than/);
  });

  it('do not multiply what they bring', () => {
    const scope = {
      input: { text: 'x'.repeat(1_000_000), list: new Array(400_000).fill(1), little: 'x'.repeat(1000) },
    };
    const many = (text: string, times: number): unknown => ({ data: new Array(times).fill(text) });
    for (const source of [
      '{{ input.text }}',
      '{{ input.list }}',
      'a {{ input.text }}',
      '{{ input.none ?? "x" }}{{ input.text }}',
    ]) {
      expect(() => resolveTemplate(many(source, 2900), scope)).toThrow(/larger than 4194304 bytes/);
    }
    expect(resolveTemplate(many('{{ input.text }}', 4), scope)).toEqual({ data: new Array(4).fill(scope.input.text) });
    expect(resolveTemplate(many('{{ input.little }}', 2900), scope)).toBeDefined();
  });

  it('cost no more for thousands of them than for the few that fit', () => {
    const scope = { input: { list: Array.from({ length: 100_000 }, (_, n) => ({ n })) } };
    const timed = (times: number): number => {
      const begin = performance.now();
      expect(() => resolveTemplate(new Array(times).fill('{{ input.list }}'), scope)).toThrow(TemplateError);
      return performance.now() - begin;
    };
    timed(10);
    const few = Math.min(timed(10), timed(10), timed(10));
    expect(Math.min(timed(2900), timed(2900), timed(2900))).toBeLessThan(few * 5 + 20);
  });

  it('measure what becomes a part of a text before they make it', () => {
    const scope = { input: { list: new Array(3_000_000).fill('abc') } };
    const begin = performance.now();
    JSON.stringify(scope.input.list);
    const whole = performance.now() - begin;
    const start = performance.now();
    expect(() => resolveTemplate(new Array(20).fill('a {{ input.list }}'), scope)).toThrow(/longer than 1048576/);
    expect(performance.now() - start).toBeLessThan(whole * 3 + 50);
  });

  it('bring data with any key', () => {
    const odd = JSON.parse('{"constructor": 1, "toString": {"x": 2}, "__proto__": {"y": 3}, "prototype": 4}') as object;
    const scope = { input: { odd, __proto__x: 0 } };
    expect(resolveTemplate('{{ input.odd.constructor }}', scope)).toBe(1);
    expect(resolveTemplate('{{ input.odd["toString"].x }}', scope)).toBe(2);
    expect(resolveTemplate('{{ input.odd.__proto__.y }}', scope)).toBe(3);
    const config = JSON.parse(
      '{"data": {"__proto__": "{{ input.odd }}", "constructor": "{{ input.odd.prototype }}"}}',
    ) as object;
    expect(JSON.stringify(resolveTemplate(config, scope))).toBe(
      `{"data":{"__proto__":${JSON.stringify(odd)},"constructor":4}}`,
    );
  });

  it('take time in proportion to the text', () => {
    const begin = performance.now();
    for (const text of [
      '{{'.repeat(50_000),
      '{{ "'.repeat(50_000),
      `{{"${'{{\\"'.repeat(50_000)}`,
      `{{ ${'a.'.repeat(50_000)}`,
      '\\{'.repeat(50_000),
    ]) {
      expect(hasReference(text)).toBe(false);
      expect(checkTemplates(text, '', ['input']).length).toBeLessThan(2);
      expect(resolveTemplate(text, SCOPE)).toBe(text);
    }
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('are judged before anything runs', () => {
    const config = {
      url: 'https://x/{{ input.id }}',
      headers: { a: '{{ inptu.id }}' },
      body: ['{{ 1 + 1 }}', '\\{{ x }}', '{{ input.a ?? {"b": 1} }}', '{{ input.a'],
    };
    expect(checkTemplates(config, '/config', ['input', 'steps'])).toEqual(
      ['/config/headers/a', '/config/body/0', '/config/body/2', '/config/body/3'].map((pointer): unknown =>
        expect.objectContaining({ pointer, code: 'reference' }),
      ),
    );
  });
});
