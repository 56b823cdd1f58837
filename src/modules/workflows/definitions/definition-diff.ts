import { isDeepStrictEqual } from 'node:util';
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from './definition.types.js';

export interface Changed<T> {
  id: string;
  from: T;
  to: T;
}

export interface ItemsDiff<T> {
  added: T[];
  removed: T[];
  changed: Changed<T>[];
}

export interface DefinitionDiff {
  /** The changed fields among name, description, trigger, triggerConfig and settings. */
  fields: { field: string; from: unknown; to: unknown }[];
  nodes: ItemsDiff<WorkflowNode>;
  edges: ItemsDiff<WorkflowEdge>;
}

const FIELDS = ['name', 'description', 'trigger', 'triggerConfig', 'settings'] as const;

/** Returns the changes that turn `from` into `to`. Nodes and edges are identified by id; their order is irrelevant. */
export function diffDefinitions(from: WorkflowDefinition, to: WorkflowDefinition): DefinitionDiff {
  return {
    fields: FIELDS.filter((field) => !isDeepStrictEqual(from[field], to[field])).map((field) => ({
      field,
      from: from[field] ?? null,
      to: to[field] ?? null,
    })),
    nodes: diffItems(from.nodes, to.nodes),
    edges: diffItems(from.edges, to.edges),
  };
}

function diffItems<T extends { id: string }>(from: readonly T[], to: readonly T[]): ItemsDiff<T> {
  const before = new Map(from.map((item) => [item.id, item]));
  const after = new Map(to.map((item) => [item.id, item]));
  return {
    added: [...after.values()].filter(({ id }) => !before.has(id)),
    removed: [...before.values()].filter(({ id }) => !after.has(id)),
    changed: [...after.values()].flatMap((item) => {
      const old = before.get(item.id);
      return old && !isDeepStrictEqual(old, item) ? [{ id: item.id, from: old, to: item }] : [];
    }),
  };
}
