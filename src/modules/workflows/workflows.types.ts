import type { Listed } from '../../common/dbal/large-values.types.js';
import type { JsonValue } from '../../common/json/json-object.js';
import type { PageQuery, SortOrder } from '../../common/contracts/page.js';
import type { Trigger, TriggerAddress } from './triggers/trigger.types.js';
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from './definitions/definition.types.js';

/** Only active workflows are started by their trigger; all except archived ones can be run manually. */
export const WORKFLOW_STATUSES = ['draft', 'active', 'paused', 'archived'] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];

export const WORKFLOW_SORTS = ['name', 'status', 'trigger', 'createdAt', 'updatedAt'] as const;
export type WorkflowOrder = SortOrder<(typeof WORKFLOW_SORTS)[number]>;

/** A workflow without its graph, as lists show it. */
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
  /**
   * The previous owner and the time of a hand-over to a user with a higher role, until that user activates the
   * workflow.
   */
  handedOverFrom: string | null;
  handedOverAt: Date | null;
  /** When an active schedule is due next. */
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

/** A new workflow, and the address that starts it, which cannot be read again. */
export interface CreatedWorkflow {
  workflow: Workflow;
  address: TriggerAddress | null;
}

export interface WorkflowFilter {
  /** Words, each of which must occur in the name or the description. */
  search?: string;
  status?: WorkflowStatus;
  trigger?: Trigger;
  userId?: string;
  /** Whether it must be activated by its new owner. */
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
  /** Whether its owner has not yet approved what it does with the owner's rights. */
  isPendingHandover: boolean;
}

/** The data of a workflow that an event can start. */
export type ListeningWorkflow = Pick<Workflow, 'id' | 'userId' | 'triggerConfig'>;

/** Returns whether a workflow must be activated by its owner, because a user with a lower role handed it over. */
export function isPendingHandover({ handedOverAt, status }: Pick<Workflow, 'handedOverAt' | 'status'>): boolean {
  return handedOverAt !== null && status !== 'active';
}

/** The parts of a definition, in the order in which versions store them. */
export function definitionOf(workflow: Omit<Workflow, 'config'>): WorkflowDefinition {
  const { name, description, trigger, triggerConfig, nodes, edges, settings } = workflow;
  return { name, ...(description !== null && { description }), trigger, triggerConfig, nodes, edges, settings };
}
