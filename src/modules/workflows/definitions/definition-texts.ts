import { isUuid } from '../../../common/tenancy/is-uuid.js';
import type { NodeType, WorkflowDefinition } from './definition.types.js';

/** Returns the ids of the Lua scripts that a definition runs. */
export function scriptIdsOf(definition: Pick<WorkflowDefinition, 'nodes'>): string[] {
  return [...new Set(textsIn(definition, 'lua', 'scriptId').filter(isUuid))];
}

/** Returns the texts in one config field of all nodes of a type. */
export function textsIn({ nodes }: Pick<WorkflowDefinition, 'nodes'>, type: NodeType, field: string): string[] {
  const values = nodes.flatMap((node) => (node.type === type ? [node.config[field]] : []));
  return values.filter((value) => typeof value === 'string');
}
