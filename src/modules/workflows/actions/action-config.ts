import type { Type } from '@nestjs/common';
import { getMetadataStorage, validateSync } from 'class-validator';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { inputProblems } from '../../../common/http/input-problems.js';
import { escapePointer } from '../../../common/json/storable.js';
import { hasReference } from '../../scripting/sandbox/templates.js';
import { ActionError } from './workflow-action.js';

type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Returns every problem of a node's config by the rules of its class (class-validator), except for `action`. Values
 * with references are not checked, since they are unknown before the step runs.
 */
export function configProblems<T extends object>(Class: Type<T>, config: RawConfig): InputProblem[] {
  return read(Class, config).problems.filter(({ pointer }) => !holdsReference(valueAt(config, pointer)));
}

/** @throws ActionError `action.invalid_config`, with every problem. */
export function configOf<T extends object>(Class: Type<T>, config: RawConfig): T {
  const { instance, problems } = read(Class, config);
  if (problems.length === 0) return instance;
  const text = problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ');
  throw new ActionError('action.invalid_config', `The step's configuration is not valid. ${text}`, false, problems);
}

type Reading = (value: unknown) => unknown;

const readings = new WeakMap<object, Map<string, Reading>>();

/** Converts a value of a config before it is validated, for example a text to a list. */
export function ReadAs(reading: Reading): PropertyDecorator {
  return (target, property) => {
    const known = readings.get(target) ?? new Map<string, Reading>();
    readings.set(target, known.set(String(property), reading));
  };
}

/**
 * Assigns values without copying or inspecting them: they are data of any size and with any keys, which a library that
 * copies objects would lose or fail on.
 */
function read<T extends object>(Class: Type<T>, config: RawConfig): { instance: T; problems: InputProblem[] } {
  const instance = new Class();
  const fields = fieldsOf(Class);
  const unknown: InputProblem[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (key === 'action') continue;
    if (!fields.has(key)) unknown.push(noSuchField(key));
    // For an absent field the default of the class remains.
    else if (value !== undefined) Object.assign(instance, { [key]: readingOf(Class, key)(value) });
  }
  return { instance, problems: [...inputProblems(validateSync(instance), 'body'), ...unknown] };
}

function fieldsOf(Class: Type): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Class, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

function readingOf(Class: Type, key: string): Reading {
  return readings.get(Class.prototype as object)?.get(key) ?? ((value) => value);
}

function noSuchField(key: string): InputProblem {
  return { pointer: `/${escapePointer(key)}`, code: 'unknown', detail: `There is no such field: ${key}.` };
}

function holdsReference(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsReference);
  return hasReference(value);
}

/** Returns the value at a pointer, or the text above it that replaces it: `{ "headers": "{{ input.headers }}" }`. */
function valueAt(config: RawConfig, pointer: string): unknown {
  let value: unknown = config;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return value;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, key) ? (value as RawConfig)[key] : undefined;
  }
  return value;
}
