import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { BodyGuard } from './body.guard.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestContext } from './request-context.js';
import { StrictValidationPipe } from './strict-validation.pipe.js';

/** Import it after the modules whose guards say who may call: guards run in the order of imports. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    RequestContext,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: BodyGuard },
    { provide: APP_PIPE, useClass: StrictValidationPipe },
  ],
  exports: [RequestContext],
})
export class HttpModule {}
