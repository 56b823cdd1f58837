import { LineField, UuidField } from '../../common/contracts/fields.js';
import type { Actor } from '../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../common/operations/operation.js';
import { truncate } from '../../common/values/text-length.js';
import { WorkflowsService } from './workflows.service.js';
import { definitionOf } from './workflows.types.js';

const MAX_NAME = 255;
const SUFFIX = ' (copy)';

export class DuplicateWorkflowInput {
  @UuidField() workflowId!: string;

  @LineField({
    max: MAX_NAME,
    optional: true,
    description: 'The name of the copy. Defaults to the name of the original followed by "(copy)".',
  })
  name?: string;
}

export interface DuplicatedWorkflow {
  id: string;
  name: string;
  status: string;
  /** The owner of the copy. */
  userId: string;
}

@DbalOperation({
  name: 'duplicate_workflow',
  description: 'Copies a workflow as a draft that you own. If it has a webhook, the copy gets a new address.',
  permission: 'workflow:create',
  input: DuplicateWorkflowInput,
})
export class DuplicateWorkflowOperation implements Operation<DuplicateWorkflowInput> {
  constructor(private readonly workflows: WorkflowsService) {}

  /**
   * Does not return the token of a webhook's address, because results are stored. A new token can be issued.
   * @throws NotFoundError `workflow.not_found`; ConflictError `workflow.name_taken`; UnprocessableError
   * `plan.limit_reached`.
   */
  async execute(actor: Actor, { workflowId, name }: DuplicateWorkflowInput): Promise<DuplicatedWorkflow> {
    const original = await this.workflows.get(workflowId);
    const definition = {
      ...definitionOf(original),
      name: name ?? `${truncate(original.name, MAX_NAME - SUFFIX.length)}${SUFFIX}`,
    };
    const { workflow } = await this.workflows.create(
      actor,
      { definition, config: original.config },
      { copyOf: original.id },
    );
    return { id: workflow.id, name: workflow.name, status: workflow.status, userId: workflow.userId };
  }
}
