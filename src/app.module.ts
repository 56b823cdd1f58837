import { Module } from '@nestjs/common';
import { AuditModule } from './common/audit/audit.module.js';
import { IdentityModule } from './common/auth/identity.module.js';
import { ConfigModule } from './common/config/config.module.js';
import { DbalModule } from './common/dbal/dbal.module.js';
import { EntityGatewayModule } from './common/gateway/entity-gateway.module.js';
import { EventsModule } from './common/events/events.module.js';
import { HealthModule } from './common/health/health.module.js';
import { DrainModule } from './common/http/drain.module.js';
import { HttpModule } from './common/http/http.module.js';
import { RateLimitModule } from './common/http/rate-limit/rate-limit.module.js';
import { ListenModule } from './common/listen/listen.module.js';
import { LoggingModule } from './common/logging/logging.module.js';
import { MailModule } from './common/mail/mail.module.js';
import { ObservabilityModule } from './common/observability/observability.module.js';
import { OperationsModule } from './common/operations/operations.module.js';
import { PrismaModule } from './common/prisma/prisma.module.js';
import { QueueModule } from './common/queue/queue.module.js';
import { RetentionModule } from './common/retention/retention.module.js';
import { StreamsModule } from './common/streams/streams.module.js';
import { TracingModule } from './common/tracing/tracing.module.js';
import { TenancyModule } from './common/tenancy/tenancy.module.js';
import { ManifestModule } from './common/manifest/manifest.module.js';
import { loadManifests } from './manifests.js';
import { loadModules } from './modules/modules.js';
import { RequestPipelineModule } from './request-pipeline.module.js';

/** Modules of `common` that every feature module needs. */
const FOUNDATION = [
  ConfigModule,
  LoggingModule,
  TracingModule,
  TenancyModule,
  PrismaModule,
  DbalModule,
  ObservabilityModule,
  ListenModule,
  DrainModule,
  IdentityModule,
  RateLimitModule,
  HttpModule,
  StreamsModule,
  AuditModule,
  QueueModule,
  RetentionModule,
  EventsModule,
  OperationsModule,
  EntityGatewayModule,
  MailModule,
  HealthModule,
];

const MANIFESTS = ManifestModule.of(await loadManifests());

@Module({ imports: [MANIFESTS, ...FOUNDATION, RequestPipelineModule, ...(await loadModules())] })
export class AppModule {}
