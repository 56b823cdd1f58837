import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { factsOfRequest, type RequestFacts } from '../request/request-facts.js';

/**
 * What is known of the HTTP request behind the running asynchronous context.
 * Everything is undefined in jobs and at start: there is no request.
 */
@Injectable()
export class RequestContext {
  constructor(private readonly cls: ClsService) {}

  /** As sent by the client when it was sane, otherwise made here; also in `X-Request-Id` and in every log line. */
  get requestId(): string | undefined {
    return this.facts?.requestId;
  }

  /** The client's address; behind proxies as TRUST_PROXY says. */
  get ipAddress(): string | undefined {
    return this.facts?.ipAddress;
  }

  /** At most 500 characters. */
  get userAgent(): string | undefined {
    return this.facts?.userAgent;
  }

  private get facts(): RequestFacts | undefined {
    return this.cls.isActive() ? factsOfRequest() : undefined;
  }
}
