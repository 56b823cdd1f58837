import type { ExpressionScope } from '../../scripting/sandbox/expression-scope.types.js';

/**
 * What of a scope a sandbox is sent. The outputs of all steps, and the request of a hook, may be more than it takes, and most code asks
 * for its input alone: they stay here unless the code names them.
 */
export function scopeFor(code: string, scope: ExpressionScope): ExpressionScope {
  const withSteps = code.includes('steps') ? scope : { ...scope, steps: {} };
  if (scope.run['request'] === undefined || code.includes('request')) return withSteps;
  const { request: _request, ...run } = scope.run;
  return { ...withSteps, run };
}
