import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../../../common/identity/actor.js';
import type { InputProblem } from '../../../common/errors/app-error.js';

/** Context of the step for which an action runs. */
export interface ActionContext {
  readonly tenantId: string;
  readonly runId: string;
  readonly nodeId: string;
  /** Starts at 1. */
  readonly attempt: number;
  /**
   * Equal for all attempts of a step and different for any other step, so that external systems can recognize
   * repetitions.
   */
  readonly idempotencyKey: string;
  /** The actor whose permissions the action has. */
  readonly actor: Actor;
  /** Aborts when the run is cancelled, the step's time limit has passed, or the process has to end. */
  readonly signal: AbortSignal;
  /** Appends a line to the step's log. */
  log(message: string, data?: unknown): void;
}

/**
 * `wait`: the step stays open, without occupying a worker, until a time or a decision. `approvers` are `role:<role>`
 * (that role or above) and `user:<id>`; if absent, everybody who may approve.
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

/** Implements one kind of action node. */
export interface WorkflowAction {
  /**
   * Returns every problem of a node's config, with pointers relative to it (`/url`). Values with `{{ … }}` are checked
   * only when the step runs. `config` includes `action` itself.
   */
  validate(config: Readonly<Record<string, unknown>>): InputProblem[];
  /**
   * Returns the permissions that the action requires of its actor; absent for none. Returns null if they depend on
   * references, so that they are known only during the run. An API key must have them to save a workflow with this
   * node.
   */
  permissions?(config: Readonly<Record<string, unknown>>): readonly string[] | null;
  /**
   * Executes the step once. Steps are retried, so an action must tolerate repetition with the same `idempotencyKey`.
   * @param config the node's config with all references resolved. It has not been validated since.
   * @throws ActionError, or any other error if a retry may succeed.
   */
  run(config: Readonly<Record<string, unknown>>, input: unknown, context: ActionContext): Promise<ActionOutcome>;
}

export interface ActionOptions {
  /**
   * The action only writes to our database: the engine may run it in the transaction that saves its result, so that it
   * takes effect exactly once.
   */
  readonly isTransactional?: boolean;
}

/** An action failed. `isRetryable: false`: a retry would fail again. `code` is stable. */
export class ActionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly isRetryable = false,
    /** Details for the step's log; JSON without secrets. */
    readonly details?: unknown,
    /** Minimum delay before another attempt, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = 'ActionError';
  }
}

/** Metadata by which the registry discovers actions. */
export const ActionMetadata = DiscoveryService.createDecorator<{ name: string } & ActionOptions>();

/** Declares a provider as an action of workflows: `@Action('report.render')`, named by noun and verb. */
export const Action = (name: string, options: ActionOptions = {}): ClassDecorator =>
  applyDecorators(Injectable(), ActionMetadata({ name, ...options }));
