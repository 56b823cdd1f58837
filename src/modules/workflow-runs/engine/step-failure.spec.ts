import { ActionError } from '../../workflows/actions/workflow-action.js';
import { ScriptError } from '../../scripting/sandbox/script.errors.js';
import { failureOf } from './step-failure.js';

describe('What is told of a failed step', () => {
  it('can be saved whatever a script wrote', () => {
    const failure = failureOf(new ScriptError('runtime', 'a\0b\uD800c'));
    expect(failure?.error).toEqual({ code: 'script.runtime', message: 'a\uFFFDb\uFFFDc' });
  });

  it('can be saved whatever a server answered', () => {
    const cut = '\u{1F600}'.slice(0, 1);
    const failure = failureOf(new ActionError('http.status', 'The server answered 500.', true, { body: `a\0${cut}` }));
    expect(failure?.error.details).toEqual({ body: 'a\uFFFD\uFFFD' });
  });

  it('is not longer than anybody reads', () => {
    const long = new ActionError('report.failed', 'x'.repeat(1_000_000), false, { list: 'x'.repeat(1_000_000) });
    const failure = failureOf(long);
    expect(failure?.error).toEqual({ code: 'report.failed', message: 'x'.repeat(2000), details: null });
  });
});
