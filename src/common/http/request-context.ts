import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { factsOfRequest, type RequestFacts } from '../request/request-facts.js';

/**
 * The HTTP request behind the running asynchronous context. All properties are undefined outside a request, such as in
 * tasks and at startup.
 */
@Injectable()
export class RequestContext {
  constructor(private readonly cls: ClsService) {}

  /**
   * The client's request id if it is well-formed, otherwise a generated one; also sent in `X-Request-Id` and logged in
   * every line.
   */
  get requestId(): string | undefined {
    return this.facts?.requestId;
  }

  /** The client's address, determined by TRUST_PROXY if there are proxies. */
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
