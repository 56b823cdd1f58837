import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BodyGuard } from './body.guard.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestContext } from './request-context.js';
import { StrictValidationPipe } from './strict-validation.pipe.js';

const SERVICES = [RequestContext, ProblemFilter, BodyGuard, StrictValidationPipe];

@Global()
@Module({ imports: [DiscoveryModule], providers: SERVICES, exports: SERVICES })
export class HttpModule {}
