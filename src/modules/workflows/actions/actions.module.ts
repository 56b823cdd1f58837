import { Module } from '@nestjs/common';
import { TenantsModule } from '../../tenants/tenants.module.js';
import { DiscoveryModule } from '@nestjs/core';
import { ActionRegistry } from './action-registry.service.js';
import { ApprovalAction } from './approval.action.js';
import { DbalOperationAction } from './dbal-operation.action.js';
import { DelayAction } from './delay.action.js';
import { EmailSendAction } from './email-send.action.js';
import { EventEmitAction } from './event-emit.action.js';
import { HostResolver } from './http/host-resolver.js';
import { HttpRequestAction } from './http/http-request.action.js';
import { OutgoingHttp } from './http/outgoing-http.js';
import { LogAction } from './log.action.js';

/** Provides the built-in actions. Other modules add theirs as providers with `@Action`. */
@Module({
  imports: [TenantsModule, DiscoveryModule],
  providers: [
    ActionRegistry,
    ApprovalAction,
    DbalOperationAction,
    DelayAction,
    EmailSendAction,
    EventEmitAction,
    HostResolver,
    HttpRequestAction,
    LogAction,
    OutgoingHttp,
  ],
  exports: [ActionRegistry],
})
export class ActionsModule {}
