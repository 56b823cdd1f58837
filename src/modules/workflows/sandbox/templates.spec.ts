import { checkTemplates, hasReference, resolveTemplate, TemplateError } from './templates.js';

const SCOPE = {
  input: { name: 'Ada', count: 3, none: null, list: [{ id: 'a' }, { id: 'b' }], 'odd key': 1, nested: { ok: true } },
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
    ['{{ input.missing }}', 'There is nothing at'],
    ['x {{ input.list[9].id }}', 'There is nothing at'],
    ['{{ input.constructor }}', 'There is nothing at'],
    ['{{ input.__proto__ }}', 'There is nothing at'],
    ['{{ input.name.length }}', 'There is nothing at'],
    ['{{ toString }}', 'There is nothing at'],
    ['{{ input.count + 1 }}', 'Not a reference'],
    ['{{ process.exit() }}', 'Not a reference'],
    ['{{ }}', 'Not a reference'],
    ['{{ input.name ?? nobody }}', 'Not a reference'],
  ])('fail clearly: %s', (text, message) => {
    const failure = failureOf({ list: [1, { 'a/b': text }] });
    expect(failure.message).toContain(message);
    expect(failure.pointer).toBe('/list/1/a~1b');
  });

  it('do not make texts of any length', () => {
    const scope = { input: { text: 'x'.repeat(600_000) } };
    expect(() => resolveTemplate('{{ input.text }}{{ input.text }}', scope)).toThrow(/longer than/);
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
