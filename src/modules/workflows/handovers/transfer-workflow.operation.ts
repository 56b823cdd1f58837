import { EnumField, UuidField, UuidListField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../../common/operations/operation.js';
import { UnprocessableError } from '../../../common/errors/app-error.js';
import { UsersService } from '../../users/users.service.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

const MAX_WORKFLOWS = 500;
const OPEN_RUNS = ['keep', 'cancel'] as const;

export class TransferWorkflowInput {
  @UuidField({ description: 'The id of the current owner, who must be active.' }) from!: string;
  @UuidField({ description: 'The id of the new owner, who must be active.' }) to!: string;

  @UuidListField({
    min: 1,
    max: MAX_WORKFLOWS,
    unique: true,
    optional: true,
    description: 'The ids of the workflows to transfer. Defaults to all workflows of the owner.',
  })
  workflowIds?: string[];

  @EnumField(OPEN_RUNS, {
    optional: true,
    default: 'keep',
    description:
      'Whether runs that have not ended continue with the permissions of the previous owner, or are cancelled.',
  })
  openRuns?: (typeof OPEN_RUNS)[number];
}

export interface TransferredWorkflows {
  from: string;
  to: string;
  count: number;
  /** `pendingHandover`: paused until its new owner activates it. */
  workflows: { id: string; name: string; pendingHandover: boolean }[];
}

@DbalOperation({
  name: 'transfer_workflow',
  description:
    'Transfers some or all workflows of a user to another user. Later runs act with the permissions of the new owner. If these are greater, the workflows are paused until they are activated again.',
  permission: 'workflow:transfer',
  input: TransferWorkflowInput,
})
export class TransferWorkflowOperation implements Operation<TransferWorkflowInput> {
  constructor(
    private readonly users: UsersService,
    private readonly transfers: WorkflowTransfersService,
  ) {}

  /**
   * @throws NotFoundError `user.not_found`, `workflow.not_found`; ForbiddenError `workflow.not_yours`;
   * UnprocessableError `workflow.same_owner`, `workflow.owner_not_active`.
   */
  async execute(
    actor: Actor,
    { from, to, workflowIds, openRuns }: TransferWorkflowInput,
  ): Promise<TransferredWorkflows> {
    if (from === to) throw new UnprocessableError('workflow.same_owner', 'The workflows already belong to this user.');
    const users = await this.users.lock([from, to]);
    if ([...users.values()].some(({ status }) => status !== 'ACTIVE')) {
      throw new UnprocessableError('workflow.owner_not_active', 'Both users must be active.');
    }
    const ids = workflowIds && [...new Set(workflowIds.map((id) => id.toLowerCase()))];
    const cancelsRuns = openRuns === 'cancel';
    const transferred = await this.transfers.transfer(actor, users.get(from)!, users.get(to)!, { ids, cancelsRuns });
    const workflows = transferred.map(({ id, name, pendingHandover }) => ({ id, name, pendingHandover }));
    return { from, to, count: workflows.length, workflows };
  }
}
