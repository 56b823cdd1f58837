import { isUuid } from '../../../common/tenancy/is-uuid.js';
import type { NodeType, WorkflowDefinition } from './definition.types.js';

/** Ids of the Lua scripts that a definition runs. */
export function scriptIdsOf(definition: Pick<WorkflowDefinition, 'nodes'>): string[] {
  return [...new Set(textsIn(definition, 'lua', 'scriptId').filter(isUuid))];
}

/** The texts that nodes of one type hold in one field of their config. */
export function textsIn({ nodes }: Pick<WorkflowDefinition, 'nodes'>, type: NodeType, field: string): string[] {
  const values = nodes.flatMap((node) => (node.type === type ? [node.config[field]] : []));
  return values.filter((value) => typeof value === 'string');
}
