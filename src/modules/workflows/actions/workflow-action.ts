import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import type { InputProblem } from '../../../common/errors/app-error.js';

/** The step for which an action runs. */
export interface ActionContext {
  readonly tenantId: string;
  readonly runId: string;
  readonly nodeId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The same for every attempt of a step, and for no other step: what stands behind the action can tell a repetition by it. */
  readonly idempotencyKey: string;
  /** Whose permissions bind what the action does. */
  readonly actor: Actor;
  /** Aborts when the run is cancelled, the step's time is over, or the process has to end. */
  readonly signal: AbortSignal;
  /** Into the step's log. */
  log(message: string, data?: unknown): void;
}

/**
 * `wait`: the step stays open without holding a worker, until a time, or until somebody approves or rejects it.
 * `approvers` are `role:<role>` (that role or above) and `user:<id>`; absent: whoever may approve.
 */
export type ActionOutcome =
  | { readonly kind: 'done'; readonly output: unknown }
  | {
      readonly kind: 'wait';
      readonly until?: Date;
      readonly approval?: {
        readonly message?: string;
        readonly deadline?: Date;
        readonly approvers?: readonly string[];
      };
    };

/** What one kind of action node does. */
export interface WorkflowAction {
  /**
   * Everything wrong with a node's config, pointers relative to it (`/url`). Values that hold `{{ … }}` are judged only when the
   * step runs. `config` includes `action` itself.
   */
  validate(config: Readonly<Record<string, unknown>>): InputProblem[];
  /**
   * The permissions that the action requires of its actor; absent for none. Null if they depend on references, so that only the run
   * knows them. An API key must hold them to save a workflow with this node.
   */
  permissions?(config: Readonly<Record<string, unknown>>): readonly string[] | null;
  /**
   * Does the step once. Steps are tried again: an action bears being repeated with the same `idempotencyKey`.
   * @param config the node's config with all references filled in. Nobody has checked it since.
   * @throws ActionError, or anything else for what may be tried again.
   */
  run(config: Readonly<Record<string, unknown>>, input: unknown, context: ActionContext): Promise<ActionOutcome>;
}

export interface ActionOptions {
  /** Writes to our database and nowhere else: the engine may run it in the transaction that records its result, so that it happens exactly once. */
  readonly isTransactional?: boolean;
}

/** An action failed. `isRetryable: false`: the same again would fail again. `code` is stable. */
export class ActionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly isRetryable = false,
    /** For the step's log; JSON, no secrets. */
    readonly details?: unknown,
    /** The least pause before another attempt, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = 'ActionError';
  }
}

/** How the registry finds the actions. */
export const ActionMetadata = DiscoveryService.createDecorator<{ name: string } & ActionOptions>();

/** Makes a provider an action of workflows: `@Action('report.render')`, named by noun and verb. */
export const Action = (name: string, options: ActionOptions = {}): ClassDecorator =>
  applyDecorators(Injectable(), ActionMetadata({ name, ...options }));
