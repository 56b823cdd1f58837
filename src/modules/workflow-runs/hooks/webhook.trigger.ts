import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';
import {
  type HandedOverWorkflow,
  type StartsWorkflows,
  WorkflowTrigger,
} from '../../workflows/triggers/workflow-trigger.js';
import { workflowInvalid } from '../../workflows/workflows.errors.js';
import { HOOK_CONFIG_KEYS, hookConfigProblems } from './hook-config.js';
import { HookAddressesService } from './hook-addresses.service.js';

const NO_SECRET: InputProblem = {
  pointer: '/triggerConfig/verify',
  code: 'secret_missing',
  detail: 'Set the secret first: PUT /workflows/:id/hook-secret.',
};

/** Gives workflows with a webhook trigger a secret address when they are created, even before they are activated. */
@WorkflowTrigger('webhook', HOOK_CONFIG_KEYS)
export class WebhookTrigger implements StartsWorkflows {
  constructor(private readonly hooks: HookAddressesService) {}

  problems(config: JsonObject): InputProblem[] {
    return hookConfigProblems(config, '');
  }

  /**
   * @throws UnprocessableError `workflow.invalid` if deliveries must be signed and no secret is stored: all would be
   * refused.
   */
  async activated({ id, triggerConfig }: { id: string; triggerConfig: JsonObject }): Promise<null> {
    if (triggerConfig['verify'] !== undefined && !(await this.hooks.hasSecret(id))) throw workflowInvalid([NO_SECRET]);
    return null;
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
