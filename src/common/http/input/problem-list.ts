import type { InputProblem } from '../../errors/app-error.js';
import { escapePointer } from '../../json/json-pointer.js';
import { truncate } from '../../values/text-length.js';
import { codeOf, type InputKind } from '../input-problems.js';

const MAX_PROBLEMS = 100;
/** Longer names of unknown properties are truncated. */
const MAX_SHOWN_NAME = 200;

/** The first 100 problems of an input, each with its path. */
export class ProblemList {
  readonly list: InputProblem[] = [];
  readonly #path: (string | number)[] = [];

  constructor(private readonly kind: InputKind) {}

  get isFull(): boolean {
    return this.list.length >= MAX_PROBLEMS;
  }

  /** Reports problems added by `work` below `key`. */
  within(key: string | number, work: () => void): void {
    this.#path.push(key);
    work();
    this.#path.pop();
  }

  /** @param property empty for the whole value. @param rule class-validator's name for it: `isEmail`. */
  add(property: string, rule: string, message: string): void {
    this.#push(property, codeOf(rule), `${message}.`.replace(/\.\.$/, '.'));
  }

  addUnknown(key: string): void {
    const name = truncate(key, MAX_SHOWN_NAME).toWellFormed();
    this.#push(name, 'unknown', `There is no such field: ${name}.`);
  }

  addRequired(property: string): void {
    this.#push(property, 'required', `${property} is required.`);
  }

  #push(property: string, code: string, detail: string): void {
    if (this.isFull) return;
    const parts = [
      ...this.#path,
      ...(property === '' && this.#path.length === 0 && code === 'object' ? [] : [property]),
    ];
    this.list.push({ pointer: pointerOf(parts, this.kind), detail, code });
  }
}

function pointerOf(path: (string | number)[], kind: InputKind): string {
  const parts = path.map((part) => escapePointer(String(part)));
  if (kind === 'body') return parts.map((part) => `/${part}`).join('');
  return (kind === 'query' ? '?' : ':') + parts.join('/');
}
