import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { inputProblems } from '../../../common/http/input-problems.js';
import { hasReference } from '../sandbox/templates.js';
import { ActionError } from './workflow-action.js';

type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Everything wrong with a node's config by the rules of its class (class-validator), `action` aside. What holds a reference is not
 * judged: it has no value yet.
 */
export function configProblems<T extends object>(Class: Type<T>, config: RawConfig): InputProblem[] {
  return read(Class, config).problems.filter(({ pointer }) => !holdsReference(valueAt(config, pointer)));
}

/** @throws ActionError `action.invalid_config`, which names every problem. */
export function configOf<T extends object>(Class: Type<T>, config: RawConfig): T {
  const { instance, problems } = read(Class, config);
  if (problems.length === 0) return instance;
  const text = problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ');
  throw new ActionError('action.invalid_config', `The step's configuration is not valid. ${text}`, false, problems);
}

function read<T extends object>(Class: Type<T>, config: RawConfig): { instance: T; problems: InputProblem[] } {
  const { action: _action, ...own } = config;
  const instance = plainToInstance(Class, own, { exposeDefaultValues: true });
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return { instance, problems: inputProblems(errors, 'body') };
}

function holdsReference(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsReference);
  return hasReference(value);
}

/** The value a pointer leads to, or the text above it that stands for it: `{ "headers": "{{ input.headers }}" }`. */
function valueAt(config: RawConfig, pointer: string): unknown {
  let value: unknown = config;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as RawConfig)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}
