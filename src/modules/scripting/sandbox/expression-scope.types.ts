/**
 * The variables of conditions, transforms and `{{ … }}` references; Lua scripts have the same names as globals. All
 * values are JSON.
 */
export interface ExpressionScope {
  /** The output of the previous step, or an object by node id where several edges join. */
  readonly input: unknown;
  /** The input that the run was started with. */
  readonly trigger: unknown;
  /** Steps that have finished, by node id. */
  readonly steps: Readonly<Record<string, { readonly output: unknown }>>;
  readonly run: Readonly<Record<string, unknown>>;
}

export const SCOPE_VARIABLES = ['input', 'trigger', 'steps', 'run'] as const satisfies (keyof ExpressionScope)[];

/** The variables of an event trigger's filter. */
export const FILTER_VARIABLES = ['event'] as const;
