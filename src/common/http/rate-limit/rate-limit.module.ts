import { Global, Module } from '@nestjs/common';
import { AddressLimiter } from './address-limiter.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitRepository } from './rate-limit.repository.js';
import { RateLimitSync } from './rate-limit-sync.js';
import { WindowClock } from './window-clock.js';

@Global()
@Module({
  providers: [WindowClock, RateLimitRepository, RateLimitSync, AddressLimiter, RateLimitGuard],
  exports: [AddressLimiter, RateLimitGuard, RateLimitSync, WindowClock],
})
export class RateLimitModule {}
