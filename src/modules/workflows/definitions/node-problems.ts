import { truncate } from '../../../common/values/text-length.js';
import { unknownKeys } from '../../../common/json/unknown-keys.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import {
  MAX_SCRIPT_MEMORY_BYTES,
  MAX_SCRIPT_TIMEOUT_MS,
  MIN_SCRIPT_MEMORY_BYTES,
  MIN_SCRIPT_TIMEOUT_MS,
} from '../../scripting/sandbox/script.types.js';
import { expressionProblems } from '../../scripting/sandbox/expression-problems.js';
import type { DefinitionLookups } from './definition-lookups.js';
import {
  type DefinitionProblem,
  NODE_TYPES,
  type NodeType,
  NOT_IMPORTED,
  type WorkflowNode,
} from './definition.types.js';

const LUA_TIMEOUT_MS = { min: MIN_SCRIPT_TIMEOUT_MS, max: MAX_SCRIPT_TIMEOUT_MS };
const LUA_MEMORY_BYTES = { min: MIN_SCRIPT_MEMORY_BYTES, max: MAX_SCRIPT_MEMORY_BYTES };

/** Maximum length in characters of a name in a message. */
const MAX_NAMED_LENGTH = 200;

type Rule = (config: JsonObject, pointer: string, lookups: DefinitionLookups) => DefinitionProblem[];

const RULES: Record<NodeType, Rule> = {
  trigger: (config, pointer) => unknownKeys(config, [], pointer),
  condition: (config, pointer, lookups) => [
    ...unknownKeys(config, ['condition'], pointer),
    ...expressionProblems(config['condition'], `${pointer}/condition`, (text) => lookups.conditionProblems(text)),
  ],
  transform: (config, pointer, lookups) => [
    ...unknownKeys(config, ['transform'], pointer),
    ...expressionProblems(config['transform'], `${pointer}/transform`, (text) => lookups.transformProblems(text)),
  ],
  lua: luaNodeProblems,
  action: actionNodeProblems,
};

/** Returns the problems of a node's type and config. */
export function nodeProblems(node: WorkflowNode, pointer: string, lookups: DefinitionLookups): DefinitionProblem[] {
  if (node.type === NOT_IMPORTED) return [notImportedProblem(node, pointer)];
  if (!isNodeType(node.type)) {
    const detail = `Unknown type ${node.type}; expected one of ${NODE_TYPES.join(', ')}.`;
    return [{ pointer: `${pointer}/type`, code: 'unknown_type', detail }];
  }
  return RULES[node.type](node.config, `${pointer}/config`, lookups);
}

function notImportedProblem({ config }: WorkflowNode, pointer: string): DefinitionProblem {
  const parts = truncate(Object.keys(config).join(', '), MAX_NAMED_LENGTH);
  const detail = `The import could not convert this: ${parts}. Rebuild it if you need it, then delete the node.`;
  return { pointer, code: 'not_imported', detail };
}

function luaNodeProblems(config: JsonObject, pointer: string, lookups: DefinitionLookups): DefinitionProblem[] {
  const { scriptId, code, timeoutMs, memoryLimitBytes, input } = config;
  const problems = [
    ...unknownKeys(config, ['scriptId', 'code', 'timeoutMs', 'memoryLimitBytes', 'input'], pointer),
    ...rangeProblems(timeoutMs, `${pointer}/timeoutMs`, LUA_TIMEOUT_MS),
    ...rangeProblems(memoryLimitBytes, `${pointer}/memoryLimitBytes`, LUA_MEMORY_BYTES),
    ...(input === undefined ? [] : lookups.referenceProblems(input, `${pointer}/input`)),
  ];
  if ((scriptId === undefined) === (code === undefined)) {
    problems.push({ pointer, code: 'lua_source', detail: 'Specify either scriptId or code.' });
  }
  if (code !== undefined) {
    problems.push(...expressionProblems(code, `${pointer}/code`, (text) => lookups.luaProblems(text)));
  }
  if (scriptId !== undefined && !(isUuid(scriptId) && lookups.scriptExists(scriptId))) {
    problems.push({ pointer: `${pointer}/scriptId`, code: 'unknown_script', detail: 'There is no such Lua script.' });
  }
  return problems;
}

function actionNodeProblems(config: JsonObject, pointer: string, lookups: DefinitionLookups): DefinitionProblem[] {
  const { action } = config;
  if (typeof action !== 'string') {
    return [{ pointer: `${pointer}/action`, code: 'required', detail: 'The name of an action is required.' }];
  }
  const problems = lookups.actionProblems(action, config);
  if (problems === null) {
    return [{ pointer: `${pointer}/action`, code: 'unknown_action', detail: `There is no action ${action}.` }];
  }
  return problems.map((problem) => ({ ...problem, pointer: pointer + problem.pointer }));
}

function rangeProblems(
  value: JsonValue | undefined,
  pointer: string,
  { min, max }: { min: number; max: number },
): DefinitionProblem[] {
  if (value === undefined) return [];
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return [];
  return [{ pointer, code: 'range', detail: `Must be an integer from ${min} to ${max}.` }];
}

function isNodeType(type: string): type is NodeType {
  return (NODE_TYPES as readonly string[]).includes(type);
}
