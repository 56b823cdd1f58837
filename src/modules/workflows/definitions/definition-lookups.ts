import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { ScriptProblem } from '../../scripting/sandbox/script.types.js';
import type { DefinitionProblem } from './definition.types.js';

/** Lookups needed to validate a definition. */
export interface DefinitionLookups {
  /** Whether the tenant has a Lua script of that id. */
  scriptExists(id: string): boolean;
  /** What is wrong with when it starts. */
  triggerProblems: readonly DefinitionProblem[];
  /** What is wrong with an action's config, which names the action, by pointers into it; null when nobody knows the action. */
  actionProblems(action: string, config: JsonObject): DefinitionProblem[] | null;
  conditionProblems(cel: string): ScriptProblem[];
  transformProblems(jsonata: string): ScriptProblem[];
  luaProblems(code: string): ScriptProblem[];
  /** Of the references `{{ … }}` in a value that stands at `pointer`. */
  referenceProblems(value: JsonValue, pointer: string): DefinitionProblem[];
}
