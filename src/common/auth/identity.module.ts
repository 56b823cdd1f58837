import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TenantResolver } from './tenant-resolver.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { AuthGuard } from './auth.guard.js';
import { IdentityCache } from './identity-cache.js';
import { IdentityListener } from '../changes/identity-listener.js';
import { IdentityMiddleware } from './identity.middleware.js';
import { IdentityReadModel } from './identity.read-model.js';
import { PasswordHasher } from './password-hasher.js';
import { RequestIdentifier } from './request-identifier.js';
import { RouteRightsCheck } from './route-rights.check.js';
import { SignInLock } from './sign-in-lock.js';
import { StreamTickets } from './stream-tickets.js';
import { StreamTicketsRepository } from './stream-tickets.repository.js';
import { TenantEntrance } from './tenant-entrance.js';

const SERVICES = [
  AccessTokens,
  IdentityCache,
  IdentityListener,
  PasswordHasher,
  SignInLock,
  StreamTickets,
  TenantEntrance,
  TenantResolver,
  ApiKeyUsage,
];

/** Identifies the caller and the tenant of every route under /api; access is denied by default. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [...SERVICES, IdentityReadModel, RequestIdentifier, RouteRightsCheck, StreamTicketsRepository, AuthGuard],
  exports: [...SERVICES, AuthGuard],
})
export class IdentityModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(IdentityMiddleware).forRoutes('{*path}');
  }
}
