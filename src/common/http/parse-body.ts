import { InvalidInputError } from '../errors/app-error.js';
import { InexactNumbersError, type LargeIntegers, parseExactJson } from '../json/exact-json.js';
import type { BodyForm } from './body-type.js';

const MAX_FORM_FIELDS = 1000;

/**
 * @throws InvalidInputError `request.malformed_json`, for numbers that would lose precision, or for a form with more
 * than 1,000 fields.
 */
export function parseBody(text: string, form: BodyForm, largeIntegers: LargeIntegers): object {
  return form === 'form' ? parseForm(text) : parseJson(text, largeIntegers);
}

/** Accepts only objects and arrays: a body that is a single value is usually a mistake. */
function parseJson(text: string, largeIntegers: LargeIntegers): object {
  let value: unknown;
  try {
    value = parseExactJson(text, largeIntegers);
  } catch (error) {
    if (error instanceof InexactNumbersError) throw new InvalidInputError('The request is not valid.', error.numbers);
    if (error instanceof SyntaxError) throw malformed(error.message);
    throw error;
  }
  if (typeof value === 'object' && value !== null) return value;
  throw malformed();
}

function parseForm(text: string): object {
  let fields = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) fields += 1;
  if (fields > MAX_FORM_FIELDS) {
    const detail = `A form may have at most ${MAX_FORM_FIELDS} fields.`;
    throw new InvalidInputError('The request is not valid.', [{ pointer: '', detail, code: 'max_values' }]);
  }
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0] : list]));
}

function malformed(message = ''): InvalidInputError {
  // The rest of the parser's message quotes the body.
  const position = / position [0-9]+/.exec(message)?.[0] ?? '';
  const detail = `The body is not valid JSON${position && ` (at${position})`}.`;
  return new InvalidInputError(detail, [], 'request.malformed_json');
}
