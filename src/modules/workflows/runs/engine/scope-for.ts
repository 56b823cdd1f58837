import type { ExpressionScope } from '../../sandbox/expression-scope.js';

/**
 * What of a scope a sandbox is sent. The outputs of all steps may be more than it takes, and most code asks for its input alone: they
 * stay here unless the code names them.
 */
export function scopeFor(code: string, scope: ExpressionScope): ExpressionScope {
  return code.includes('steps') ? scope : { ...scope, steps: {} };
}
