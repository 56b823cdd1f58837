import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { Trigger, TriggerAddress } from './trigger.types.js';

/** A workflow that was handed over, or must be activated by its owner. */
export interface HandedOverWorkflow {
  id: string;
  trigger: Trigger;
  /** Whether it was active until now and has been paused. */
  isPaused: boolean;
}

/**
 * A way of starting workflows. Modules contribute theirs by `@WorkflowTrigger`. All methods except `problems` run in
 * the transaction of the change, and only for workflows with this trigger.
 */
export interface StartsWorkflows {
  /** Returns the problems of a `triggerConfig`, with pointers into it; unknown fields are checked elsewhere. */
  problems(config: JsonObject): InputProblem[] | Promise<InputProblem[]>;
  /** Called when a workflow was created. */
  created?(workflowId: string): Promise<TriggerAddress | null>;
  /** Called when a workflow was activated, or changed while active. @returns when it starts next, if that is known. */
  activated?(workflow: { id: string; triggerConfig: JsonObject }): Promise<Date | null>;
  /** Called when an active workflow has become inactive. */
  paused?(workflowId: string): Promise<void>;
  /** Called when a workflow is deleted, or gets another trigger. */
  deleted?(workflowId: string): Promise<void>;
  /**
   * Called for handed-over workflows. The new owner has not approved what starts them, so previous owners must not keep
   * a way to do so.
   */
  handedOver?(workflows: readonly HandedOverWorkflow[]): Promise<void>;
}

/** Metadata by which the registry discovers triggers. */
export const WorkflowTriggerMetadata = DiscoveryService.createDecorator<{
  kind: Exclude<Trigger, 'manual'>;
  fields: readonly string[];
}>();

/**
 * Declares that a provider starts workflows: `@WorkflowTrigger('schedule', ['cron'])`, with the fields allowed in its
 * `triggerConfig`.
 */
export const WorkflowTrigger = (kind: Exclude<Trigger, 'manual'>, fields: readonly string[]): ClassDecorator =>
  applyDecorators(Injectable(), WorkflowTriggerMetadata({ kind, fields }));
