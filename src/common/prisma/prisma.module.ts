import { Global, Module } from '@nestjs/common';
import { TenancyCheck } from './boot/tenancy-check.js';
import { PlatformPrismaService } from './platform-prisma.service.js';
import { PrismaService } from './prisma.service.js';
import { QueryObserver } from './query-observer.js';
import { SchemaStateService } from './schema-state.js';

const SERVICES = [QueryObserver, PrismaService, PlatformPrismaService, SchemaStateService];

@Global()
@Module({ providers: [...SERVICES, TenancyCheck], exports: SERVICES })
export class PrismaModule {}
