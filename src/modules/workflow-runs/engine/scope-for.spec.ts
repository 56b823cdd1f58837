import { scopeFor } from './scope-for.js';

const SCOPE = { input: 1, trigger: 2, steps: { fetch: { output: 'x' } }, run: { id: 'r' } };

describe('What code is sent', () => {
  it('holds the request of a hook where the code names it', () => {
    const scope = { ...SCOPE, run: { id: 'r', request: { headers: {} } } };
    expect(scopeFor('steps, run.request.headers', scope)).toBe(scope);
    expect(scopeFor('steps, run.id', scope)).toEqual({ ...scope, run: { id: 'r' } });
  });

  it.each(['return steps.fetch.output', 'return _G["steps"]', '$steps.fetch.output'])(
    'is everything for %s',
    (code) => {
      expect(scopeFor(code, SCOPE)).toBe(SCOPE);
    },
  );

  it('are no outputs of other steps where it does not name them', () => {
    expect(scopeFor('return input', SCOPE)).toEqual({ ...SCOPE, steps: {} });
  });
});
