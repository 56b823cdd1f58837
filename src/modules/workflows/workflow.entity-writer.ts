import type { Actor } from '../../common/identity/actor.js';
import { EntityWriter, type WritesEntity } from '../../common/gateway/entity-writer.js';
import { CreateWorkflowDto, UpdateWorkflowDto } from './workflows.dto.js';
import { WorkflowsService } from './workflows.service.js';

/** Workflows are written by the service's rules. The token of a new webhook is told by the route that makes tokens alone. */
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
