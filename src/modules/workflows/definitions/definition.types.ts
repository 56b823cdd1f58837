import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';

export const NODE_TYPES = ['trigger', 'condition', 'transform', 'lua', 'action'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** Node type of imported parts that could not be converted; never valid. */
export const NOT_IMPORTED = 'not_imported';

export const TRIGGERS = ['manual', 'schedule', 'event', 'webhook'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Delay before attempt n + 1: `delayMs · backoffMultiplier^(n - 1)`, plus 0 to `jitterMs` at random. */
export interface RetryPolicy {
  /** 1 means no retries. */
  maxAttempts: number;
  delayMs: number;
  backoffMultiplier: number;
  jitterMs: number;
}

/**
 * A step. Drafts may contain any text as `type`; in a valid definition it is a `NodeType`.
 * Configs: condition `{condition: CEL}`; transform `{transform: JSONata}`; lua
 * `{scriptId | code, input?, timeoutMs?, memoryLimitBytes?}`; action `{action: 'http.request', …the action's own}`;
 * trigger `{}`.
 */
export interface WorkflowNode {
  id: string;
  type: string;
  label?: string;
  config: JsonObject;
  retry?: RetryPolicy;
  /** Time limit of one attempt. */
  timeoutMs?: number;
  /** `continue`: if the step fails permanently, the run continues along its edges labelled `error`, and no others. */
  onError?: 'fail' | 'continue';
  /** Position in an editor; has no effect on runs. */
  position?: { x: number; y: number };
}

/**
 * From a condition, `true` and `false` name the outcome on which the edge is taken; an edge without a label is taken on
 * true. From any other node, `error` is taken if it failed under `onError: 'continue'`; other labels have no meaning,
 * and their edges are taken on success.
 */
export interface WorkflowEdge {
  id: string;
  source: string;
  target: string;
  label?: string;
}

export interface WorkflowSettings {
  /** Maximum number of concurrent runs of this workflow; others wait. */
  maxConcurrentRuns?: number;
  /** Time limit of a whole run, including waiting. */
  timeoutMs?: number;
}

/** The content of a version, which a run executes. */
export interface WorkflowDefinition {
  name: string;
  description?: string;
  trigger: Trigger;
  /**
   * schedule: `{cron, timeZone?}`; event: `{name, filter?, from?: 'anyone'}`, the filter in CEL over `event`; manual
   * and webhook: `{}`.
   */
  triggerConfig: JsonObject;
  nodes: WorkflowNode[];
  edges: WorkflowEdge[];
  settings: WorkflowSettings;
}

/** A problem at a JSON Pointer into the definition. `code` is stable. */
export type DefinitionProblem = InputProblem;

export const MAX_NODES = 500;
export const MAX_EDGES = 5000;
/** Larger than validation accepts, so that a draft that has grown too large can still be saved. */
export const MAX_DRAFT = { nodes: 2000, edges: 10_000 };
