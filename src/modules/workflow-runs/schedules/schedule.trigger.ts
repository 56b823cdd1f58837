import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import {
  type HandedOverWorkflow,
  type StartsWorkflows,
  WorkflowTrigger,
} from '../../workflows/triggers/workflow-trigger.js';
import { scheduleProblems } from './schedule-rules.js';
import { SchedulesService } from './schedules.service.js';

/** Keeps the next occurrence of a schedule in the queue while its workflow is active. */
@WorkflowTrigger('schedule', ['cron', 'timeZone'])
export class ScheduleTrigger implements StartsWorkflows {
  constructor(private readonly schedules: SchedulesService) {}

  problems(config: JsonObject): InputProblem[] {
    return scheduleProblems(config, '');
  }

  activated(workflow: { id: string; triggerConfig: JsonObject }): Promise<Date | null> {
    return this.schedules.plan(workflow);
  }

  paused(workflowId: string): Promise<void> {
    return this.schedules.cancel(workflowId);
  }

  deleted(workflowId: string): Promise<void> {
    return this.schedules.cancel(workflowId);
  }

  async handedOver(workflows: readonly HandedOverWorkflow[]): Promise<void> {
    for (const { id, isPaused } of workflows) if (isPaused) await this.schedules.cancel(id);
  }
}
