import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AddressLimiter } from './address-limiter.js';

/**
 * For routes that refresh or end a session: `@UseGuards(SessionLimitGuard)`. The limit is high, since all users behind
 * one address call them regularly.
 */
@Injectable()
export class SessionLimitGuard implements CanActivate {
  constructor(private readonly addresses: AddressLimiter) {}

  /** @throws RateLimitError when the address has exceeded its limit for this minute. */
  canActivate(context: ExecutionContext): boolean {
    this.addresses.checkSession(context.switchToHttp().getRequest<Request>().ip);
    return true;
  }
}

/**
 * For routes on which secrets could be guessed: `@UseGuards(AddressLimitGuard)`. Their callers are identified only by
 * an address.
 */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(private readonly addresses: AddressLimiter) {}

  /** @throws RateLimitError when the address has exceeded its limit for this minute. */
  canActivate(context: ExecutionContext): boolean {
    this.addresses.check(context.switchToHttp().getRequest<Request>().ip);
    return true;
  }
}
