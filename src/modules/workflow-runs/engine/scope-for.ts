import type { ExpressionScope } from '../../scripting/sandbox/expression-scope.types.js';

/**
 * Returns the part of a scope that is sent to a sandbox. All steps' outputs, and the request of a hook, may exceed its
 * limit, and most code only uses its input: they are included only if the code mentions them.
 */
export function scopeFor(code: string, scope: ExpressionScope): ExpressionScope {
  const withSteps = code.includes('steps') ? scope : { ...scope, steps: {} };
  if (scope.run['request'] === undefined || code.includes('request')) return withSteps;
  const { request: _request, ...run } = scope.run;
  return { ...withSteps, run };
}
