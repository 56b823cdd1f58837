import type { Actor } from '../../common/identity/actor.js';
import { EntityWriter, type WritesEntity } from '../../common/gateway/entity-writer.js';
import { CreateWorkflowDto, UpdateWorkflowDto } from './workflows.dto.js';
import { WorkflowsService } from './workflows.service.js';

/**
 * Delegates to the service, so that entity writes follow the same rules. The token of a new webhook is only returned by
 * the route that issues tokens.
 */
@EntityWriter('Workflow', { create: CreateWorkflowDto, update: UpdateWorkflowDto })
export class WorkflowEntityWriter implements WritesEntity<CreateWorkflowDto, UpdateWorkflowDto> {
  constructor(private readonly workflows: WorkflowsService) {}

  async create(actor: Actor, data: CreateWorkflowDto): Promise<string> {
    return (await this.workflows.create(actor, CreateWorkflowDto.toNewWorkflow(data))).workflow.id;
  }

  update(actor: Actor, id: string, data: UpdateWorkflowDto, ifMatch?: string): Promise<unknown> {
    return this.workflows.update(actor, id, UpdateWorkflowDto.toChanges(data), ifMatch);
  }

  delete(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    return this.workflows.remove(actor, id, ifMatch);
  }
}
