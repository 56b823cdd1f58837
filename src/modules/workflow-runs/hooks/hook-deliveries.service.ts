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

/** The longest time for which senders repeat a delivery. */
const DEDUPE_FOR_MS = 24 * 3_600_000;

/**
 * Handles requests of other systems that start a workflow. The secret address authenticates them; a workflow may also
 * require a signature.
 */
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
   * Queues a run of the address' workflow, with the body as its input. For a delivery that was repeated within a day,
   * returns the run that the first one started.
   * @throws NotFoundError `hook.not_found`; UnauthenticatedError `hook.not_signed`; RateLimitError; ConflictError
   * `workflow.not_active`; TenantNotActiveError.
   */
  async start(token: string, input: JsonValue, delivery: Delivery, ipAddress: string | undefined): Promise<Run> {
    const secret = readSecret('hook', token);
    const run = secret && (await this.entrance.bySecret(secret.tenantId, () => this.#startIn(secret, input, delivery)));
    if (run) return run;
    // Counted by IP address, but only misses: systems with a valid hook may share their address with many others.
    this.pace.missed(ipAddress);
    throw new NotFoundError('hook');
  }

  /** Looks up the hash of the token, not the token, so that the duration reveals nothing about the token. */
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
