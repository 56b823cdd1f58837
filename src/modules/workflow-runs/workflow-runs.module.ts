import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/tenants.module.js';
import { UsersModule } from '../users/users.module.js';
import { ScriptingModule } from '../scripting/scripting.module.js';
import { ActionsModule } from '../workflows/actions/actions.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { RunAdmissionRepository } from './admission/run-admission.repository.js';
import { RunAdmissionService } from './admission/run-admission.service.js';
import { RunLimits } from './admission/run-limits.js';
import { StartRefusals } from './admission/start-refusals.js';
import { RunCancellationsController } from './cancellation/run-cancellations.controller.js';
import { RunCancellationsRepository } from './cancellation/run-cancellations.repository.js';
import { RunCancellationsService } from './cancellation/run-cancellations.service.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { ApprovalsService } from './approvals/approvals.service.js';
import { WaitingApprovalsRepository } from './approvals/waiting-approvals.repository.js';
import { WaitingApprovalsService } from './approvals/waiting-approvals.service.js';
import { LuaStep } from './engine/lua-step.js';
import { StrandedRunsReadModel } from './engine/stranded-runs.read-model.js';
import { RunDefinitions } from './engine/run-definitions.js';
import { RunEngine } from './engine/run-engine.js';
import { RunTask } from './engine/run.task.js';
import { RunLeasesRepository } from './engine/run-leases.repository.js';
import { PostgresRunStore } from './engine/postgres-run-store.js';
import { RunMetrics } from './engine/run-metrics.js';
import { RunSpans } from './engine/run-spans.js';
import { RunRights } from './engine/run-rights.js';
import { StepRunner } from './engine/step-runner.js';
import { WatchTask } from './engine/watch.task.js';
import { RunSteeringService } from './run-steering.service.js';
import { RunsController } from './runs.controller.js';
import './runs.events.js';
import { RunsRepository } from './runs.repository.js';
import { RunsRetentionRepository } from './runs-retention.repository.js';
import { RunsService } from './runs.service.js';
import { EventAuthors } from './events/event-authors.js';
import { EventTrigger } from './events/event-trigger.js';
import { HookPace } from './hooks/hook-pace.js';
import { HookSeal } from './hooks/hook-seal.js';
import { HookSecretsController } from './hooks/hook-secrets.controller.js';
import { HookSecretsRepository } from './hooks/hook-secrets.repository.js';
import { HookSecretsService } from './hooks/hook-secrets.service.js';
import { HookTokensController } from './hooks/hook-tokens.controller.js';
import { HookTokensService } from './hooks/hook-tokens.service.js';
import { WebhookTrigger } from './hooks/webhook.trigger.js';
import { HookAddressesRepository } from './hooks/hook-addresses.repository.js';
import { HookAddressesService } from './hooks/hook-addresses.service.js';
import { ScheduleTrigger } from './schedules/schedule.trigger.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { HandedOverRuns } from './handovers/handed-over-runs.js';
import { RunOwnersRepository } from './handovers/run-owners.repository.js';
import { HookDeliveriesController } from './hooks/hook-deliveries.controller.js';
import { HookDeliveriesService } from './hooks/hook-deliveries.service.js';
import { ScheduleTask } from './schedules/schedule.task.js';
import { RunValuesController } from './views/run-values.controller.js';
import { RunValuesRepository } from './views/run-values.repository.js';
import { RunValuesService } from './views/run-values.service.js';
import { RunViewsController } from './views/run-views.controller.js';
import { RunViewsRepository } from './views/run-views.repository.js';
import { RunViewsService } from './views/run-views.service.js';
import { RunEventsController } from './watch/run-events.controller.js';
import { RunEventsRepository } from './watch/run-events.repository.js';
import { RunEventsService } from './watch/run-events.service.js';
import { RunFeed } from './watch/run-feed.js';
import { RunNotificationsRepository } from './watch/run-notifications.repository.js';
import { RunNotifier } from './watch/run-notifier.js';

/** Executes workflows, and starts them: manually and by hooks, schedules and events. */
@Module({
  imports: [TenantsModule, UsersModule, WorkflowsModule, ActionsModule, ScriptingModule],
  controllers: [
    RunsController,
    RunCancellationsController,
    RunViewsController,
    RunValuesController,
    ApprovalsController,
    RunEventsController,
    HookDeliveriesController,
    HookTokensController,
    HookSecretsController,
  ],
  providers: [
    RunsService,
    RunSteeringService,
    RunsRepository,
    RunCancellationsService,
    RunCancellationsRepository,
    RunViewsService,
    RunViewsRepository,
    RunValuesService,
    RunValuesRepository,
    ApprovalsService,
    WaitingApprovalsService,
    WaitingApprovalsRepository,
    RunAdmissionService,
    RunAdmissionRepository,
    RunLimits,
    StartRefusals,
    RunEngine,
    RunTask,
    WatchTask,
    StrandedRunsReadModel,
    PostgresRunStore,
    RunLeasesRepository,
    RunDefinitions,
    RunMetrics,
    RunSpans,
    RunRights,
    StepRunner,
    LuaStep,
    RunEventsService,
    RunEventsRepository,
    RunFeed,
    RunNotifier,
    RunNotificationsRepository,
    ScheduleTrigger,
    SchedulesService,
    ScheduleTask,
    EventTrigger,
    EventAuthors,
    HookDeliveriesService,
    HookPace,
    WebhookTrigger,
    HookAddressesService,
    HookAddressesRepository,
    HookTokensService,
    HookSecretsService,
    HookSecretsRepository,
    HookSeal,
    HandedOverRuns,
    RunOwnersRepository,
    RunsRetentionRepository,
  ],
  exports: [RunsService, RunCancellationsService, RunNotifier],
})
export class WorkflowRunsModule {}
