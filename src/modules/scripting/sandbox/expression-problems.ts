import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { ScriptProblem } from './script.types.js';

/**
 * Returns the problems of the value at `pointer`, which must be an expression.
 * @param judge returns the problems of a text.
 */
export function expressionProblems(
  value: JsonValue | undefined,
  pointer: string,
  judge: (text: string) => ScriptProblem[],
): InputProblem[] {
  if (value === undefined) return [{ pointer, code: 'required', detail: 'Is missing.' }];
  if (typeof value !== 'string' || value.trim() === '') return [{ pointer, code: 'text', detail: 'Must be a string.' }];
  return judge(value).map((problem) => ({ pointer, code: `expression_${problem.code}`, detail: detailOf(problem) }));
}

function detailOf({ message, line, column }: ScriptProblem): string {
  if (line === undefined) return message;
  return column === undefined ? `Line ${line}: ${message}` : `Line ${line}, column ${column}: ${message}`;
}
