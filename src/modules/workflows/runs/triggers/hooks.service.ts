import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../../common/auth/actor.js';
import { readSecret } from '../../../../common/auth/secret-token.js';
import { TenantEntrance } from '../../../../common/auth/tenant-entrance.js';
import { DbalService } from '../../../../common/dbal/dbal.service.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import type { JsonValue } from '../../../../common/json/json-object.js';
import { WorkflowHooksService } from '../../hooks/workflow-hooks.service.js';
import { RunsService } from '../runs.service.js';
import type { Run } from '../runs.types.js';
import { HookPace } from './hook-pace.js';

/** Requests of other systems that start a workflow. The address is the secret; nothing else is asked for. */
@Injectable()
export class HooksService {
  constructor(
    private readonly entrance: TenantEntrance,
    private readonly hooks: WorkflowHooksService,
    private readonly runs: RunsService,
    private readonly pace: HookPace,
    private readonly dbal: DbalService,
  ) {}

  /**
   * Puts a run of the address' workflow into the line, with the body as its input.
   * @throws NotFoundError `hook.not_found`; RateLimitError; ConflictError `workflow.not_active`; TenantNotActiveError.
   */
  async start(token: string, body: JsonValue, ipAddress: string | undefined): Promise<Run> {
    const secret = readSecret('hook', token);
    const run = secret && (await this.entrance.bySecret(secret.tenantId, () => this.#startIn(secret, body)));
    if (run) return run;
    // By the caller's address: the systems that have a hook may share theirs with many.
    this.pace.missed(ipAddress);
    throw new NotFoundError('hook');
  }

  /** The hash of the token is looked up, not the token: how long that takes says nothing about it. */
  #startIn({ tenantId, hash }: { tenantId: string; hash: string }, body: JsonValue): Promise<Run | null> {
    return this.dbal.transaction(async () => {
      const workflowId = await this.hooks.holdWorkflowId(hash);
      if (!workflowId) return null;
      this.pace.check(tenantId, hash);
      return this.runs.start(SYSTEM_ACTOR, workflowId, body, { kind: 'webhook' });
    });
  }
}
