import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { RequestContext } from '../../../common/http/request-context.js';

/** Logs sign-ins and sign-outs of platform admins. They go to the application log, since they belong to no tenant. */
@Injectable()
export class PlatformAuthLog {
  private readonly logger = new Logger('audit');

  constructor(private readonly request: RequestContext) {}

  note(adminId: string | null, action: string, details: Record<string, unknown> = {}): void {
    const actor: Pick<Actor, 'kind' | 'id'> | null = adminId === null ? null : { kind: 'platform', id: adminId };
    this.logger.log({ audit: true, action, actor, ipAddress: this.request.ipAddress, details }, action);
  }
}
