import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';
import {
  type HandedOverWorkflow,
  type StartsWorkflows,
  WorkflowTrigger,
} from '../../workflows/triggers/workflow-trigger.js';
import { HOOK_CONFIG_KEYS, hookConfigProblems } from './hook-config.js';
import { HookAddressesService } from './hook-addresses.service.js';

/** Workflows that a webhook starts have a secret address from the beginning, active or not. */
@WorkflowTrigger('webhook', HOOK_CONFIG_KEYS)
export class WebhookTrigger implements StartsWorkflows {
  constructor(private readonly hooks: HookAddressesService) {}

  problems(config: JsonObject): InputProblem[] {
    return hookConfigProblems(config, '');
  }

  created(workflowId: string): Promise<TriggerAddress> {
    return this.hooks.mint(workflowId);
  }

  deleted(workflowId: string): Promise<void> {
    return this.hooks.removeAll([workflowId]);
  }

  handedOver(workflows: readonly HandedOverWorkflow[]): Promise<void> {
    return this.hooks.removeAll(workflows.map(({ id }) => id));
  }
}
