import type { LuaScript, ScriptValueType } from './lua-scripts.types.js';

const FITS: Record<ScriptValueType, (value: unknown) => boolean> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: (value) => Array.isArray(value),
};

/**
 * Returns why `input` does not match the script's parameters, or undefined. A script without parameters accepts any
 * input.
 */
export function inputProblem({ parameters }: Pick<LuaScript, 'parameters'>, input: unknown): string | undefined {
  if (parameters.length === 0) return undefined;
  if (!FITS.object(input)) return `The input must be an object with ${parameters.map(({ name }) => name).join(', ')}.`;
  const odd = parameters.find(({ name, type }) => !FITS[type](valueOf(input, name)));
  return odd && `The input needs ${odd.name} of type ${odd.type}.`;
}

/** Returns why a result does not match the script's return type, or undefined. */
export function returnProblem({ returnType }: Pick<LuaScript, 'returnType'>, result: unknown): string | undefined {
  if (returnType === null || FITS[returnType](result)) return undefined;
  return `The script did not return ${returnType}.`;
}

function valueOf(input: unknown, name: string): unknown {
  return Object.hasOwn(input as object, name) ? (input as Record<string, unknown>)[name] : undefined;
}
