import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AddressLimiter } from './address-limiter.js';

/** For routes on which a session goes on or ends: `@UseGuards(SessionLimitGuard)`. Everybody behind one address does so all day. */
@Injectable()
export class SessionLimitGuard implements CanActivate {
  constructor(private readonly addresses: AddressLimiter) {}

  /** @throws RateLimitError when the address has used up its minute. */
  canActivate(context: ExecutionContext): boolean {
    this.addresses.checkSession(context.switchToHttp().getRequest<Request>().ip);
    return true;
  }
}

/** For routes on which secrets are guessed: `@UseGuards(AddressLimitGuard)`. Their callers are known by nothing but an address. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(private readonly addresses: AddressLimiter) {}

  /** @throws RateLimitError when the address has used up its minute. */
  canActivate(context: ExecutionContext): boolean {
    this.addresses.check(context.switchToHttp().getRequest<Request>().ip);
    return true;
  }
}
