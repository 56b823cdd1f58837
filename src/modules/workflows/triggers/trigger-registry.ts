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

/** People start every workflow; nothing has to be done for it. */
const MANUAL: RegisteredTrigger = { fields: [], starts: { problems: () => [] } };

/** All triggers that the program's modules contribute. They hear of workflows that have them. */
@Injectable()
export class TriggerRegistry implements OnModuleInit {
  readonly #triggers = new Map<Trigger, RegisteredTrigger>([['manual', MANUAL]]);

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error when a trigger is there twice or not at all, or a provider is none. */
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

  /** Everything that is wrong with a `triggerConfig`, by pointers into it. */
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

  /** The workflow goes, or will have another trigger than this one. */
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
