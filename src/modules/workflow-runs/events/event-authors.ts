import { Injectable } from '@nestjs/common';
import { type Actor, SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { permissionSetForKeysOf } from '../../../common/identity/permissions.js';
import { lesserOf } from '../../../common/identity/roles.js';
import { isCustomEvent } from '../../../common/events/event-catalog.js';
import type { DomainEvent } from '../../../common/events/domain-event.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { mayRun } from '../../workflows/workflows.policy.js';
import type { ListeningWorkflow } from '../../workflows/workflows.types.js';
import { RunsRepository } from '../runs.repository.js';
import { FROM_ANYONE } from './event-config.js';
import { RunNotifier } from '../watch/run-notifier.js';

/** Maximum number of workflows listed in one log line. */
const MAX_NAMED = 20;

/**
 * Decides which events may start a workflow. The application's own events start every workflow that waits for them. A
 * tenant's custom events are emitted by workflows, whose authors could otherwise start workflows that they may not run
 * by hand. So a custom event starts only workflows that the user on whose behalf it was emitted may run, unless the
 * workflow accepts events from anyone.
 */
@Injectable()
export class EventAuthors {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly runs: RunsRepository,
    private readonly notifier: RunNotifier,
  ) {}

  /** Checks with the lower of two roles: the author's current one, and the one when the event was emitted. */
  async mayStart({ name, by }: DomainEvent, { userId: ownerId, triggerConfig }: ListeningWorkflow): Promise<boolean> {
    if (!isCustomEvent(name) || triggerConfig['from'] === FROM_ANYONE) return true;
    // Emitted by an older version that did not record the author.
    if (!by) return false;
    const { role } = await this.identities.ofUser(this.tenant.tenantId, by.userId);
    if (!role) return false;
    const least = lesserOf(role, by.role);
    const permissions = permissionSetForKeysOf(least);
    const { userId: id, isSuccessor } = by;
    const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', id, role: least, permissions, isSuccessor };
    return permissions.has('workflow:run') && mayRun(actor, ownerId);
  }

  /**
   * Notes in the log of the emitting step which workflows the event did not start; once, however often it is delivered.
   */
  async noteRefused({ id, name, by }: DomainEvent, workflows: readonly { id: string }[]): Promise<void> {
    if (!by) return;
    const data = {
      attempt: by.attempt,
      message: `${name} did not start ${workflows.length} workflow(s) that the user on whose behalf it was emitted may not run.`,
      data: { code: 'event.refused', eventId: id, workflowIds: workflows.slice(0, MAX_NAMED).map((one) => one.id) },
    };
    await this.runs.appendEventOnce(by.runId, 'step.log', data, by.nodeId);
    this.notifier.changed(by.runId);
  }
}
