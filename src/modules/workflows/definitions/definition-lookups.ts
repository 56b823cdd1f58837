import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { ScriptProblem } from '../../scripting/sandbox/script.types.js';
import type { DefinitionProblem } from './definition.types.js';

/** Lookups needed to validate a definition. */
export interface DefinitionLookups {
  /** Returns whether the tenant has a Lua script with that id. */
  scriptExists(id: string): boolean;
  /** Problems of the trigger and its configuration. */
  triggerProblems: readonly DefinitionProblem[];
  /** Returns the problems of an action's config, with pointers into it; null if the action is unknown. */
  actionProblems(action: string, config: JsonObject): DefinitionProblem[] | null;
  conditionProblems(cel: string): ScriptProblem[];
  transformProblems(jsonata: string): ScriptProblem[];
  luaProblems(code: string): ScriptProblem[];
  /** Returns the problems of the references `{{ … }}` in the value at `pointer`. */
  referenceProblems(value: JsonValue, pointer: string): DefinitionProblem[];
}
