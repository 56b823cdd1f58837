import { scopeFor } from './scope-for.js';

const SCOPE = { input: 1, trigger: 2, steps: { fetch: { output: 'x' } }, run: { id: 'r' } };

describe('What code is sent', () => {
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
