import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsUUID } from 'class-validator';
import type { Actor } from '../../../common/auth/actor.js';
import { definePermissions } from '../../../common/auth/permissions.js';
import { DbalOperation, type Operation } from '../../../common/dbal/operations/operation.js';
import { UnprocessableError } from '../../../common/errors/app-error.js';
import { LowerCased, MayBeAbsent } from '../../../common/http/input-rules.js';
import { UsersService } from '../../users/users.service.js';
import { WorkflowTransfersService } from './workflow-transfers.service.js';

definePermissions({ 'workflow:transfer': ['manager', 'Hand the workflows of one person over to another'] });

const MAX_WORKFLOWS = 500;

export class TransferWorkflowInput {
  @ApiProperty({ format: 'uuid', description: 'Whose workflows they are. Active.' })
  @LowerCased()
  @IsUUID()
  from!: string;

  @ApiProperty({ format: 'uuid', description: 'Whose they will be. Active.' })
  @LowerCased()
  @IsUUID()
  to!: string;

  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    minItems: 1,
    maxItems: MAX_WORKFLOWS,
    uniqueItems: true,
    description: 'Without it: all of them.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_WORKFLOWS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  workflowIds?: string[];
}

export interface TransferredWorkflows {
  from: string;
  to: string;
  count: number;
  workflows: { id: string; name: string }[];
}

@DbalOperation({
  name: 'transfer_workflow',
  description: 'Gives workflows of one user to another, some or all. Later runs act with the rights of the new owner.',
  permission: 'workflow:transfer',
  input: TransferWorkflowInput,
})
export class TransferWorkflowOperation implements Operation<TransferWorkflowInput> {
  constructor(
    private readonly users: UsersService,
    private readonly transfers: WorkflowTransfersService,
  ) {}

  /**
   * @throws NotFoundError `user.not_found`, `workflow.not_found`; ForbiddenError `workflow.not_yours`; UnprocessableError
   * `workflow.same_owner`, `workflow.owner_not_active`.
   */
  async execute(actor: Actor, { from, to, workflowIds }: TransferWorkflowInput): Promise<TransferredWorkflows> {
    if (from === to) throw new UnprocessableError('workflow.same_owner', 'The workflows are theirs already.');
    const users = await this.users.lock([from, to]);
    if ([...users.values()].some(({ status }) => status !== 'ACTIVE')) {
      throw new UnprocessableError('workflow.owner_not_active', 'Both users must be active.');
    }
    const ids = workflowIds && [...new Set(workflowIds.map((id) => id.toLowerCase()))];
    const workflows = await this.transfers.transfer(actor, users.get(from)!, users.get(to)!, ids);
    return { from, to, count: workflows.length, workflows };
  }
}
