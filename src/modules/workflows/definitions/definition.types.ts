import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';

export const NODE_TYPES = ['trigger', 'condition', 'transform', 'lua', 'action'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** The type of a node for imported parts that could not be converted; never valid. */
export const NOT_IMPORTED = 'not_imported';

export const TRIGGERS = ['manual', 'schedule', 'event', 'webhook'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Delay before attempt n + 1: `delayMs · backoffMultiplier^(n - 1)`, plus 0 to `jitterMs` at random. */
export interface RetryPolicy {
  /** 1 is no retry. */
  maxAttempts: number;
  delayMs: number;
  backoffMultiplier: number;
  jitterMs: number;
}

/**
 * A step. `type` is what somebody wrote: drafts may hold types that nobody knows, a valid definition holds a `NodeType`.
 * Configs: condition `{condition: CEL}`; transform `{transform: JSONata}`; lua `{scriptId | code, input?, timeoutMs?, memoryLimitBytes?}`;
 * action `{action: 'http.request', …the action's own}`; trigger `{}`.
 */
export interface WorkflowNode {
  id: string;
  type: string;
  label?: string;
  config: JsonObject;
  retry?: RetryPolicy;
  /** Of one attempt. */
  timeoutMs?: number;
  /** `continue`: a step that failed for good ends nothing; its edges labelled `error` are taken, and no others. */
  onError?: 'fail' | 'continue';
  /** Where an editor draws it; nothing else depends on it. */
  position?: { x: number; y: number };
}

/**
 * From a condition, `true` and `false` name the outcome that takes the edge, and an edge without a label is taken on true. From any other
 * node, `error` is taken when it failed under `onError: 'continue'`; all other labels are for people, and their edges taken on success.
 */
export interface WorkflowEdge {
  id: string;
  source: string;
  target: string;
  label?: string;
}

export interface WorkflowSettings {
  /** Runs of this workflow at the same time; more wait. */
  maxConcurrentRuns?: number;
  /** Time limit of a whole run, including waiting. */
  timeoutMs?: number;
}

/** The content of a version, which a run executes. */
export interface WorkflowDefinition {
  name: string;
  description?: string;
  trigger: Trigger;
  /** schedule: `{cron, timeZone?}`; event: `{name, filter?, from?: 'anyone'}`, the filter in CEL over `event`; manual and webhook: `{}`. */
  triggerConfig: JsonObject;
  nodes: WorkflowNode[];
  edges: WorkflowEdge[];
  settings: WorkflowSettings;
}

/** One thing that is wrong, at a JSON Pointer into the definition. `code` is stable. */
export type DefinitionProblem = InputProblem;

export const MAX_NODES = 500;
export const MAX_EDGES = 5000;
/** Above what validation accepts, so that a draft that grew too large can still be kept. */
export const MAX_DRAFT = { nodes: 2000, edges: 10_000 };
