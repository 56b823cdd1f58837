import type { Listed } from '../../common/dbal/large-values.types.js';
import type { JsonValue } from '../../common/json/json-object.js';
import type { PageQuery, SortOrder } from '../../common/contracts/page.js';
import type { Trigger, TriggerAddress } from './triggers/trigger.types.js';
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from './definitions/definition.types.js';

/** Only an active workflow is started by its trigger; any but an archived one can be run by hand. */
export const WORKFLOW_STATUSES = ['draft', 'active', 'paused', 'archived'] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];

export const WORKFLOW_SORTS = ['name', 'status', 'trigger', 'createdAt', 'updatedAt'] as const;
export type WorkflowOrder = SortOrder<(typeof WORKFLOW_SORTS)[number]>;

/** A workflow without what it does: lists show these. */
export interface WorkflowSummary extends Pick<WorkflowDefinition, 'name' | 'trigger' | 'triggerConfig' | 'settings'> {
  id: string;
  description: string | null;
  /** Its owner: runs act with this user's rights. */
  userId: string;
  createdBy: string | null;
  status: WorkflowStatus;
  /** Version of the row, for the ETag. */
  version: number;
  /** Number of the newest version of the definition. */
  definitionVersion: number;
  packageId: string | null;
  /** From whom its owner was given it and has not activated it since, although they may do more; and when. */
  handedOverFrom: string | null;
  handedOverAt: Date | null;
  /** When an active schedule is due. */
  nextRunAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export type ListedWorkflow = Listed<WorkflowSummary, 'triggerConfig' | 'settings'>;

export interface Workflow extends WorkflowSummary {
  nodes: WorkflowNode[];
  edges: WorkflowEdge[];
  /** The imported document, unchanged. */
  config: JsonValue;
}

/** A workflow that was just made, and where it is started from outside: nobody can read that again. */
export interface CreatedWorkflow {
  workflow: Workflow;
  address: TriggerAddress | null;
}

export interface WorkflowFilter {
  /** Words that all occur in the name or the description. */
  search?: string;
  status?: WorkflowStatus;
  trigger?: Trigger;
  userId?: string;
  /** Whether it waits for its owner to take it over. */
  pendingHandover?: boolean;
}

export type WorkflowList = PageQuery & WorkflowFilter & { sort?: string };

export type DefinitionChanges = Partial<Omit<WorkflowDefinition, 'description'>> & { description?: string | null };

/** One immutable state of a definition. */
export interface WorkflowVersion {
  workflowId: string;
  number: number;
  definition: WorkflowDefinition;
  createdBy: string | null;
  createdAt: Date;
}

/** The data of a workflow that a run needs. */
export interface RunnableWorkflow {
  workflowId: string;
  name: string;
  status: WorkflowStatus;
  /** A `WorkflowVersion.number`. */
  version: number;
  definition: WorkflowDefinition;
  ownerId: string;
  /** Nobody has approved of what it does with the rights of its owner. */
  isPendingHandover: boolean;
}

/** The data of a workflow that an event can start. */
export type ListeningWorkflow = Pick<Workflow, 'id' | 'userId' | 'triggerConfig'>;

/** Whether a workflow waits for its owner, who was given it by somebody who may do less, to activate it. */
export function isPendingHandover({ handedOverAt, status }: Pick<Workflow, 'handedOverAt' | 'status'>): boolean {
  return handedOverAt !== null && status !== 'active';
}

/** The parts of a definition, in the order in which versions store them. */
export function definitionOf(workflow: Omit<Workflow, 'config'>): WorkflowDefinition {
  const { name, description, trigger, triggerConfig, nodes, edges, settings } = workflow;
  return { name, ...(description !== null && { description }), trigger, triggerConfig, nodes, edges, settings };
}
