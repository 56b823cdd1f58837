import { InvalidInputError } from '../../../common/errors/app-error.js';
import { InexactNumbersError, parseExactJson } from '../../../common/json/exact-json.js';
import { assertStorable, escapePointer } from '../../../common/json/storable.js';
import { jsonSize } from '../../../common/json/json-size.js';
import type { InputProblem } from '../../../common/errors/app-error.js';

/** Maximum length in characters of one text after references are resolved. */
const MAX_TEXT_LENGTH = 1_048_576;
/** Maximum size of a configuration as JSON after references are resolved; each may insert an output of maximum size. */
export const MAX_RESOLVED_BYTES = 4_194_304;
const MAX_DEPTH = 50;

/** A reference in a text could not be resolved. `pointer` is the position of the text. */
export class TemplateError extends Error {
  constructor(
    readonly pointer: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'TemplateError';
  }
}

/**
 * Splits a text into pieces: text without braces, `\{{` for two literal braces, a reference (without braces outside of
 * quotes), and a single brace that begins no reference.
 */
const PIECE = /[^\\{]+|(\\\{\{)|\{\{((?:"(?:[^"\\]|\\.)*"|[^{}"])*)\}\}|\\|\{(?:(?!\{)|(?=\{\{(?!\{)))/y;
/**
 * One step of a path: `.name`, `[0]` or `["any text"]`; the first has no dot. Names may be in any script and contain
 * hyphens, as node ids do.
 */
const STEP = /\.?([\p{L}_$][\p{L}\p{M}\p{N}_$-]*)|\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\]/uy;

interface Reference {
  path: (string | number)[];
  /** The value after `??`, used if the path leads nowhere. */
  fallback?: { value: unknown };
}

type Piece = { text: string } | { source: string };

/**
 * Splits a text into plain pieces and references. `rest` begins with two braces that begin no reference. Nothing after
 * them is parsed, because searching for an end from each pair of braces would take quadratic time.
 */
function read(text: string): { pieces: Piece[]; rest: string } {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const [all, escaped, source] = PIECE.exec(text) ?? [];
    if (all === undefined) break;
    pieces.push(source === undefined ? { text: escaped === undefined ? all : '{{' } : { source });
    at += all.length;
  }
  return { pieces, rest: text.slice(at) };
}

/** Returns whether the text contains a reference: then its value is known only when a step runs. */
export function hasReference(value: unknown): boolean {
  return typeof value === 'string' && read(value).pieces.some((piece) => 'source' in piece);
}

/**
 * Resolves every reference inside a JSON value, except in keys.
 *
 * A reference is a path, never code: `{{ steps.fetch.output.items[0].name }}`, with `{{ input.name ?? "nobody" }}` as
 * the default for a missing value (any JSON value without braces). A text that consists of one reference becomes the
 * value itself, of any type; inside a longer text, strings are inserted unchanged, null as an empty string, everything
 * else as JSON.
 * @param scope its members are the first names of paths. Only own members are reached.
 * @throws TemplateError for a path that leads nowhere, an invalid reference, a text beyond 1 MiB, and a total of more
 * than 4 MiB.
 */
export function resolveTemplate(value: unknown, scope: object): unknown {
  return resolve(value, { scope, bytesLeft: MAX_RESOLVED_BYTES }, '', 0);
}

/** State while one configuration is resolved. */
interface Filling {
  readonly scope: object;
  bytesLeft: number;
}

function resolve(value: unknown, filling: Filling, pointer: string, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new TemplateError(pointer, `Nested more than ${MAX_DEPTH} levels deep.`);
  if (typeof value === 'string') return resolveText(value, filling, pointer);
  if (Array.isArray(value)) return value.map((item, index) => resolve(item, filling, `${pointer}/${index}`, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      resolve(item, filling, `${pointer}/${escapePointer(key)}`, depth + 1),
    ]),
  );
}

function resolveText(text: string, filling: Filling, pointer: string): unknown {
  const { pieces, rest } = read(text);
  const [first] = pieces;
  if (first && 'source' in first && pieces.length === 1 && rest === '') {
    return spent(look(first.source, filling.scope, pointer), filling, pointer);
  }
  let filled = '';
  for (const piece of [...pieces, { text: rest }]) {
    filled += 'source' in piece ? asText(look(piece.source, filling.scope, pointer), pointer) : piece.text;
    if (filled.length > MAX_TEXT_LENGTH) throw textTooLong(pointer);
  }
  return spent(filled, filling, pointer);
}

/**
 * Counts each inserted value as it is resolved, so that a value which is referenced many times is never traversed
 * beyond the limit.
 */
function spent<T>(value: T, filling: Filling, pointer: string): T {
  filling.bytesLeft -= jsonSize(value, filling.bytesLeft);
  if (filling.bytesLeft >= 0) return value;
  throw new TemplateError(
    pointer,
    `The configuration is larger than ${MAX_RESOLVED_BYTES} bytes after references are resolved.`,
  );
}

/** The size is measured before serializing, so that most of a large value is never produced. */
function asText(value: unknown, pointer: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (jsonSize(value, MAX_TEXT_LENGTH * 4) > MAX_TEXT_LENGTH * 4) throw textTooLong(pointer);
  return JSON.stringify(value);
}

function textTooLong(pointer: string): TemplateError {
  return new TemplateError(
    pointer,
    `The text is longer than ${MAX_TEXT_LENGTH} characters after references are resolved.`,
  );
}

function look(source: string, scope: object, pointer: string): unknown {
  const reference = readReference(source);
  if (!reference) throw new TemplateError(pointer, `Not a reference: {{${source}}}.`);
  let value: unknown = scope;
  for (const key of reference.path) {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = isThere ? (value as Record<string | number, unknown>)[key] : undefined;
    if (value === undefined) break;
  }
  if (value !== undefined && !(value === null && reference.fallback)) return value;
  if (reference.fallback) return reference.fallback.value;
  throw new TemplateError(
    pointer,
    `{{${source}}} matches nothing; use {{${source.trimEnd()} ?? null }} to allow that.`,
  );
}

function readReference(source: string): Reference | null {
  const path: (string | number)[] = [];
  const text = source.trim();
  let at = 0;
  for (;;) {
    STEP.lastIndex = at;
    const [all, name, index, quoted] = STEP.exec(text) ?? [];
    if (all === undefined || (path.length === 0 && (name === undefined || all.startsWith('.')))) break;
    if (path.length > 0 && name !== undefined && !all.startsWith('.')) break;
    const key = name ?? (index === undefined ? readJson(quoted!)?.value : Number(index));
    if (typeof key !== 'string' && typeof key !== 'number') return null;
    path.push(key);
    at += all.length;
  }
  if (path.length === 0) return null;
  const rest = text.slice(at).trim();
  if (rest === '') return { path };
  const fallback = rest.startsWith('??') ? readJson(rest.slice(2)) : null;
  return fallback && { path, fallback };
}

/** Returns null for invalid JSON, and for values that a request body could not contain either. */
function readJson(text: string): { value: unknown } | null {
  try {
    const value = parseExactJson(text, 'refuse');
    assertStorable([value]);
    return { value };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof InexactNumbersError || error instanceof InvalidInputError) {
      return null;
    }
    throw error;
  }
}

/**
 * Returns a problem for every text whose references are invalid, and for every first name that is not among
 * `variables`.
 * @param pointer position of the configuration in the definition.
 */
export function checkTemplates(value: unknown, pointer: string, variables: readonly string[]): InputProblem[] {
  const problems: InputProblem[] = [];
  const pending: { value: unknown; pointer: string }[] = [{ value, pointer }];
  for (let item = pending.pop(); item; item = pending.pop()) {
    if (typeof item.value === 'string') problems.push(...checkText(item.value, item.pointer, variables));
    else if (typeof item.value === 'object' && item.value !== null) {
      for (const [key, child] of Object.entries(item.value)) {
        pending.push({ value: child, pointer: `${item.pointer}/${escapePointer(key)}` });
      }
    }
  }
  return problems.reverse();
}

function checkText(text: string, pointer: string, variables: readonly string[]): InputProblem[] {
  const { pieces, rest } = read(text);
  const problems = pieces.flatMap((piece) => {
    if (!('source' in piece)) return [];
    const reference = readReference(piece.source);
    if (!reference) return [`Not a reference: {{${piece.source}}}.`];
    if (variables.includes(String(reference.path[0]))) return [];
    return [`Unknown name ${reference.path[0]}; expected one of ${variables.join(', ')}.`];
  });
  if (rest !== '') {
    problems.push(
      'Two braces begin a reference, but this one does not end or contains braces; use \\{{ for literal braces.',
    );
  }
  return problems.map((detail) => ({ pointer, code: 'reference', detail }));
}
