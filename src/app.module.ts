import { Module } from '@nestjs/common';
import { AuditModule } from './common/audit/audit.module.js';
import { IdentityModule } from './common/auth/identity.module.js';
import { ConfigModule } from './common/config/config.module.js';
import { EventsModule } from './common/events/events.module.js';
import { DbalModule } from './common/dbal/dbal.module.js';
import { HealthModule } from './common/health/health.module.js';
import { DrainModule } from './common/http/drain.module.js';
import { HttpModule } from './common/http/http.module.js';
import { IdempotencyModule } from './common/http/idempotency/idempotency.module.js';
import { RateLimitModule } from './common/http/rate-limit/rate-limit.module.js';
import { JobsModule } from './common/queue/queue.module.js';
import { ListenModule } from './common/listen/listen.module.js';
import { LoggingModule } from './common/logging/logging.module.js';
import { MailModule } from './common/mail/mail.module.js';
import { ObservabilityModule } from './common/observability/observability.module.js';
import { PrismaModule } from './common/prisma/prisma.module.js';
import { StreamsModule } from './common/streams/streams.module.js';
import { TenancyModule } from './common/tenancy/tenancy.module.js';
import { DbalRoutesModule } from './modules/dbal/dbal-routes.module.js';
import { PlatformAdminsModule } from './modules/tenants/platform-admins/platform-admins.module.js';
import { TenantsModule } from './modules/tenants/tenants.module.js';
import { ApiKeysModule } from './modules/users/api-keys/api-keys.module.js';
import { AuthModule } from './modules/users/auth/auth.module.js';
import { OffboardingModule } from './modules/users/offboarding/offboarding.module.js';
import { PowerTransfersModule } from './modules/users/power-transfers/power-transfers.module.js';
import { UsersModule } from './modules/users/users.module.js';
import { WorkflowOperationsModule } from './modules/workflows/operations/workflow-operations.module.js';
import { RunsModule } from './modules/workflows/runs/runs.module.js';
import { WorkflowsModule } from './modules/workflows/workflows.module.js';

/** One line per module. The order is that of guards and interceptors: who is there, how often, then what the request holds. */
@Module({
  imports: [
    ConfigModule,
    LoggingModule,
    TenancyModule,
    PrismaModule,
    ObservabilityModule,
    ListenModule,
    DrainModule,
    IdentityModule,
    RateLimitModule,
    HttpModule,
    StreamsModule,
    AuditModule,
    IdempotencyModule,
    JobsModule,
    EventsModule,
    DbalModule,
    MailModule,
    HealthModule,
    DbalRoutesModule,
    PlatformAdminsModule,
    TenantsModule,
    UsersModule,
    AuthModule,
    ApiKeysModule,
    PowerTransfersModule,
    OffboardingModule,
    WorkflowsModule,
    RunsModule,
    WorkflowOperationsModule,
  ],
})
export class AppModule {}
