import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { AuditRefusals } from '../../../common/audit/audit-refusals.js';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { boundedCache } from '../../../common/caching/bounded-cache.js';
import type { RateLimitError } from '../../../common/errors/app-error.js';
import { MetricsRegistry } from '../../../common/observability/metrics-registry.js';
import type { Trigger } from '../../workflows/triggers/trigger.types.js';

const REMEMBERED_ROOTS = 10_000;
const REMEMBERED_FOR_MS = 3_600_000;

/** Records runs that were refused because of a limit, so that people can find out. */
@Injectable()
export class StartRefusals {
  readonly #refused: Counter;
  readonly #usedUp = boundedCache<true>({ max: REMEMBERED_ROOTS, ttl: REMEMBERED_FOR_MS });

  constructor(
    private readonly refusals: AuditRefusals,
    registry: MetricsRegistry,
  ) {
    this.#refused = new Counter({
      name: 'workflow_starts_refused_total',
      help: 'Starts of runs that were refused: too many open runs, the limit of an event tree, or events in a loop.',
      labelNames: ['trigger', 'reason'],
      registers: [registry],
    });
  }

  /** Counts a refusal that the caller receives. */
  count(trigger: Trigger, { code }: Pick<RateLimitError, 'code'>): void {
    this.#refused.inc({ trigger, reason: code.replace(/^.*\./, '') });
  }

  /**
   * Records a refusal that no caller receives: one audit entry per workflow and reason, at most once a minute.
   * @param details further details of the entry.
   */
  async record(
    trigger: Trigger,
    workflowId: string,
    { code }: Pick<RateLimitError, 'code'>,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.refusals.record(SYSTEM_ACTOR, {
      action: 'workflow_run.refused',
      targetType: 'workflow',
      targetId: workflowId,
      details: { code, trigger, ...details },
      attempt: `${code} ${trigger} ${workflowId}`,
    });
  }

  /** Remembers that an event tree has reached its limit, so that its remaining events are not tried one by one. */
  useUp(rootId: string): void {
    this.#usedUp.set(rootId, true);
  }

  isUsedUp(rootId: string): boolean {
    return this.#usedUp.has(rootId);
  }
}
