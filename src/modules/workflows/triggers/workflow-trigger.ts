import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { Trigger, TriggerAddress } from './trigger.types.js';

/** A workflow that has another owner, or waits for its owner to activate it. */
export interface HandedOverWorkflow {
  id: string;
  trigger: Trigger;
  /** Whether it was active until now, and is paused. */
  isPaused: boolean;
}

/**
 * One way of starting workflows. Modules that start them contribute theirs by `@WorkflowTrigger`. All methods but `problems` run in the
 * transaction of the change, and only for workflows with this trigger.
 */
export interface StartsWorkflows {
  /** The problems of a `triggerConfig`, with pointers into it; unknown fields are checked elsewhere. */
  problems(config: JsonObject): InputProblem[] | Promise<InputProblem[]>;
  /** A workflow was made. */
  created?(workflowId: string): Promise<TriggerAddress | null>;
  /** A workflow was activated, or changed while it is active. @returns when it starts next, where that is known. */
  activated?(workflow: { id: string; triggerConfig: JsonObject }): Promise<Date | null>;
  /** A workflow that was active is not. */
  paused?(workflowId: string): Promise<void>;
  /** A workflow is deleted, or has another trigger from now on. */
  deleted?(workflowId: string): Promise<void>;
  /** Whoever receives workflows has not approved of what starts them: nobody may keep a way to do so. */
  handedOver?(workflows: readonly HandedOverWorkflow[]): Promise<void>;
}

/** How the registry finds the triggers. */
export const WorkflowTriggerMetadata = DiscoveryService.createDecorator<{
  kind: Exclude<Trigger, 'manual'>;
  fields: readonly string[];
}>();

/** Makes a provider start workflows: `@WorkflowTrigger('schedule', ['cron'])`, with the fields that a `triggerConfig` may have. */
export const WorkflowTrigger = (kind: Exclude<Trigger, 'manual'>, fields: readonly string[]): ClassDecorator =>
  applyDecorators(Injectable(), WorkflowTriggerMetadata({ kind, fields }));
