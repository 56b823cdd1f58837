import type { ValidationError } from '@nestjs/common';
import type { InputProblem } from '../errors/app-error.js';
import { escapePointer } from '../json/json-pointer.js';

export type InputKind = 'body' | 'query' | 'param';

const MAX_PROBLEMS = 100;

/**
 * Flattens class-validator's errors into one entry per problem, at most 100. Codes are the rule names in snake_case
 * without `is`: `email`, `min_length`; `required` for a missing value and `unknown` for an unknown key.
 */
export function inputProblems(errors: ValidationError[], kind: InputKind): InputProblem[] {
  const problems: InputProblem[] = [];
  const pending = errors.map((error) => ({ error, path: pathOf(error, kind) })).reverse();
  for (let item = pending.pop(); item && problems.length < MAX_PROBLEMS; item = pending.pop()) {
    const { error, path } = item;
    problems.push(...ofValue(error).map((problem) => ({ pointer: pointer(path, kind), ...problem })));
    for (const child of [...(error.children ?? [])].reverse()) {
      pending.push({ error: child, path: [...path, child.property] });
    }
  }
  return problems.slice(0, MAX_PROBLEMS);
}

/** Nest reports a body that is not an object under the name `body`. */
function pathOf(error: ValidationError, kind: InputKind): string[] {
  return error.property === kind && error.constraints?.['isObject'] === 'Validation failed (object is expected)'
    ? []
    : [error.property];
}

function pointer(path: string[], kind: InputKind): string {
  const parts = path.map(escapePointer);
  if (kind === 'body') return parts.map((part) => `/${part}`).join('');
  return (kind === 'query' ? '?' : ':') + parts.join('/');
}

function ofValue({
  property,
  value,
  constraints = {},
  children = [],
}: ValidationError): Omit<InputProblem, 'pointer'>[] {
  const rules = Object.entries(constraints);
  const unknown = constraints['whitelistValidation'] !== undefined;
  if (unknown) return [{ code: 'unknown', detail: `There is no such field: ${property}.` }];
  // A missing value breaks every rule at once; one problem is enough.
  if (value === undefined && rules.length > 0 && children.length === 0) {
    return [{ code: 'required', detail: `${property} is required.` }];
  }
  return rules.map(([rule, message]) => ({ code: codeOf(rule), detail: `${message}.`.replace(/\.\.$/, '.') }));
}

/** `isEmail` → `email`, `maxLength` → `max_length`. */
export function codeOf(rule: string): string {
  return rule
    .replace(/^is(?=[A-Z])/, '')
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase();
}
