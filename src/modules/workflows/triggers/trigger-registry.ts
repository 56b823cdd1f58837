import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { unknownKeys } from '../../../common/json/unknown-keys.js';
import { type Trigger, type TriggerAddress, TRIGGERS } from './trigger.types.js';
import { type HandedOverWorkflow, type StartsWorkflows, WorkflowTriggerMetadata } from './workflow-trigger.js';

interface RegisteredTrigger {
  fields: readonly string[];
  starts: StartsWorkflows;
}

/** Every workflow can be started manually, which needs no preparation. */
const MANUAL: RegisteredTrigger = { fields: [], starts: { problems: () => [] } };

/** Collects all triggers that modules contribute, and notifies them of changes of their workflows. */
@Injectable()
export class TriggerRegistry implements OnModuleInit {
  readonly #triggers = new Map<Trigger, RegisteredTrigger>([['manual', MANUAL]]);

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error if a trigger is missing or declared twice, or a provider is not a trigger. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: WorkflowTriggerMetadata.KEY })) {
      const { kind, fields } = this.discovery.getMetadataByDecorator(WorkflowTriggerMetadata, wrapper)!;
      const starts = wrapper.instance as Partial<StartsWorkflows>;
      if (this.#triggers.has(kind)) throw new Error(`There are two triggers ${kind}.`);
      if (typeof starts.problems !== 'function') throw new Error(`The trigger ${kind} needs the method "problems".`);
      this.#triggers.set(kind, { fields, starts: starts as StartsWorkflows });
    }
    const missing = TRIGGERS.filter((kind) => !this.#triggers.has(kind));
    if (missing.length > 0)
      throw new Error(`No module starts workflows by ${missing.join(', ')}: see @WorkflowTrigger.`);
  }

  /** Returns every problem of a `triggerConfig`, with pointers into it. */
  async problems(trigger: Trigger, config: JsonObject): Promise<InputProblem[]> {
    const { fields, starts } = this.#of(trigger);
    return [...unknownKeys(config, fields, ''), ...(await starts.problems(config))];
  }

  async created({ id, trigger }: { id: string; trigger: Trigger }): Promise<TriggerAddress | null> {
    return (await this.#of(trigger).starts.created?.(id)) ?? null;
  }

  async activated(workflow: { id: string; trigger: Trigger; triggerConfig: JsonObject }): Promise<Date | null> {
    const { id, trigger, triggerConfig } = workflow;
    return (await this.#of(trigger).starts.activated?.({ id, triggerConfig })) ?? null;
  }

  async paused({ id, trigger }: { id: string; trigger: Trigger }): Promise<void> {
    await this.#of(trigger).starts.paused?.(id);
  }

  /** Call it before a workflow is deleted, or gets another trigger. */
  async deleted({ id, trigger }: { id: string; trigger: Trigger }): Promise<void> {
    await this.#of(trigger).starts.deleted?.(id);
  }

  async handedOver(workflows: readonly HandedOverWorkflow[]): Promise<void> {
    for (const [kind, { starts }] of this.#triggers) {
      const own = workflows.filter(({ trigger }) => trigger === kind);
      if (own.length > 0) await starts.handedOver?.(own);
    }
  }

  #of(trigger: Trigger): RegisteredTrigger {
    const known = this.#triggers.get(trigger);
    if (!known) throw new Error(`There is no trigger ${trigger}.`);
    return known;
  }
}
