import { endOfString } from './json-text.js';
import { pointersOfNumbers } from './number-pointers.js';

/** Treatment of integers beyond ±(2^53 − 1), which a double cannot represent exactly. */
export type LargeIntegers = 'refuse' | 'as-text';

/**
 * A number that JavaScript would silently change: one outside the range of a double (`1e400`, `1e-400`), or an integer
 * that would lose digits.
 */
export interface InexactNumber {
  /** JSON Pointer (RFC 6901) into the text. */
  pointer: string;
  code: 'number_range' | 'safe_integer';
  detail: string;
}

/** Thrown if parsing would change a number. Contains the first 100 such numbers. */
export class InexactNumbersError extends Error {
  constructor(readonly numbers: InexactNumber[]) {
    super('The JSON contains numbers that cannot be represented exactly.');
    this.name = InexactNumbersError.name;
  }
}

interface NumberToken {
  start: number;
  end: number;
  code: InexactNumber['code'];
}

const MAX_NUMBERS = 100;
/** `1e309` has 5 characters; the shortest integer beyond 2^53 has 16 digits. */
const SHORTEST = 5;
const SAFE_DIGITS = 16;
/** A shorter number with a two-digit exponent is always in range. */
const SAFE_LENGTH = 200;
const QUOTE = 0x22;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
const DETAILS = {
  number_range: 'A number must be representable as a double.',
  safe_integer: 'An integer must lie between -(2^53 - 1) and 2^53 - 1. Send it as a string.',
} as const;

/**
 * Like `JSON.parse`, but never changes a number. Scans the characters outside strings once more; only a text with such
 * a number is parsed again.
 * @param largeIntegers `refuse`, or `as-text`: the digits become a string, `12345678901234567890` →
 * `"12345678901234567890"`.
 * @throws SyntaxError; InexactNumbersError.
 */
export function parseExactJson(text: string, largeIntegers: LargeIntegers): unknown {
  const value: unknown = JSON.parse(text);
  const isRefused = ({ code }: NumberToken): boolean => largeIntegers === 'refuse' || code === 'number_range';
  const numbers = inexactNumbersOf(text, isRefused);
  if (numbers.length === 0) return value;
  const refused = numbers.filter(isRefused);
  if (refused.length === 0) return JSON.parse(quoted(text, numbers)) as unknown;
  const pointers = pointersOfNumbers(
    text,
    refused.map(({ start }) => start),
  );
  throw new InexactNumbersError(
    refused.map(({ code }, index) => ({ pointer: pointers[index]!, code, detail: DETAILS[code] })),
  );
}

/** @param text valid JSON. @param isRefused the search ends after 100 numbers for which it is true. */
function inexactNumbersOf(text: string, isRefused: (number: NumberToken) => boolean): NumberToken[] {
  const found: NumberToken[] = [];
  const { length } = text;
  let refused = 0;
  let at = 0;
  while (at < length && refused < MAX_NUMBERS) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === MINUS || isDigit(code)) {
      const start = at;
      at = endOfNumber(text, at);
      // Shorter numbers are always exact, unless they have a three-digit exponent.
      if (at - start >= SHORTEST) {
        const fault = faultOf(text.slice(start, at));
        if (!fault) continue;
        const number = { start, end: at, code: fault };
        found.push(number);
        if (isRefused(number)) refused += 1;
      }
    } else {
      at += 1;
    }
  }
  return found;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (let code = text.charCodeAt(end); ; code = text.charCodeAt(++end)) {
    if (!isDigit(code) && code !== DOT && code !== LOWER_E && code !== UPPER_E && code !== MINUS && code !== PLUS)
      break;
  }
  return end;
}

/** Parses the number only if its length does not decide: conversion costs more than scanning. */
function faultOf(literal: string): NumberToken['code'] | undefined {
  const exponentAt = Math.max(literal.lastIndexOf('e'), literal.lastIndexOf('E'));
  if (exponentAt < 0 && !literal.includes('.')) {
    const digits = literal.charCodeAt(0) === MINUS ? literal.length - 1 : literal.length;
    if (digits < SAFE_DIGITS) return undefined;
    return digits === SAFE_DIGITS && Number.isSafeInteger(Number(literal)) ? undefined : 'safe_integer';
  }
  const exponentLength = exponentAt < 0 ? 0 : literal.length - exponentAt - 1;
  if (exponentLength < 3 && literal.length < SAFE_LENGTH) return undefined;
  const value = Number(literal);
  if (Number.isFinite(value) && value !== 0) return undefined;
  const isZero = !/[1-9]/.test(literal.replace(/e.*$/i, ''));
  return isZero ? undefined : 'number_range';
}

function quoted(text: string, numbers: NumberToken[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of numbers) {
    result += `${text.slice(from, start)}"${text.slice(start, end)}"`;
    from = end;
  }
  return result + text.slice(from);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
