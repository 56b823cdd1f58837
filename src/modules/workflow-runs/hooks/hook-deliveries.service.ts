import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { readSecret } from '../../../common/auth/secret-token.js';
import { TenantEntrance } from '../../../common/auth/tenant-entrance.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import { type Delivery, isSigned } from './hook-signature.js';
import { HookAddressesService } from './hook-addresses.service.js';
import { hookNotSigned } from './hooks.errors.js';
import { RunsService } from '../runs.service.js';
import type { Run } from '../runs.types.js';
import { HookPace } from './hook-pace.js';
import { deliveryKeyOf, requestOf } from './hook-request.js';
import { databaseClock } from '../../../common/time/database-clock.js';

/** For how long senders repeat a delivery at most. */
const DEDUPE_FOR_MS = 24 * 3_600_000;

/** Requests of other systems that start a workflow. The address is the secret; a workflow may ask for a signature, too. */
@Injectable()
export class HookDeliveriesService {
  constructor(
    private readonly entrance: TenantEntrance,
    private readonly hooks: HookAddressesService,
    private readonly runs: RunsService,
    private readonly pace: HookPace,
    private readonly dbal: DbalService,
  ) {}

  /**
   * Puts a run of the address' workflow into the line, with the body as its input. A delivery that was made within a day before is
   * answered with the run that it started then.
   * @throws NotFoundError `hook.not_found`; UnauthenticatedError `hook.not_signed`; RateLimitError; ConflictError `workflow.not_active`;
   * TenantNotActiveError.
   */
  async start(token: string, input: JsonValue, delivery: Delivery, ipAddress: string | undefined): Promise<Run> {
    const secret = readSecret('hook', token);
    const run = secret && (await this.entrance.bySecret(secret.tenantId, () => this.#startIn(secret, input, delivery)));
    if (run) return run;
    // By the caller's address: the systems that have a hook may share theirs with many.
    this.pace.missed(ipAddress);
    throw new NotFoundError('hook');
  }

  /** The hash of the token is looked up, not the token: how long that takes says nothing about it. */
  #startIn(
    { tenantId, hash }: { tenantId: string; hash: string },
    input: JsonValue,
    delivery: Delivery,
  ): Promise<Run | null> {
    return this.dbal.transaction(async () => {
      const hook = await this.hooks.hold(hash);
      if (!hook) return null;
      this.pace.check(tenantId, hash);
      const { workflowId, config, secrets } = hook;
      if (config.verify && !isSigned(delivery, config.verify, secrets, databaseClock.nowMs())) throw hookNotSigned();
      const key = deliveryKeyOf(delivery.headers, config);
      return this.runs.start(SYSTEM_ACTOR, workflowId, input, {
        kind: 'webhook',
        request: requestOf(delivery, config),
        ...(key !== undefined && { dedupeKey: `hook:${key}`, dedupeForMs: DEDUPE_FOR_MS }),
      });
    });
  }
}
