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

/** How many workflows a line of the log names. */
const MAX_NAMED = 20;

/**
 * Whose events start a workflow. The program's own start every workflow that waits for them, whoever caused them. A tenant's own are
 * emitted by workflows, and those who write one could start what they may not run by hand: so they start what the one may run with
 * whose rights they were emitted, unless a workflow takes them from anyone.
 */
@Injectable()
export class EventAuthors {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly runs: RunsRepository,
    private readonly notifier: RunNotifier,
  ) {}

  /** By what the author may now, and could when it emitted the event. */
  async mayStart({ name, by }: DomainEvent, { userId: ownerId, triggerConfig }: ListeningWorkflow): Promise<boolean> {
    if (!isCustomEvent(name) || triggerConfig['from'] === FROM_ANYONE) return true;
    // Of a program that did not tell it yet: nobody knows whose it is.
    if (!by) return false;
    const { role } = await this.identities.ofUser(this.tenant.tenantId, by.userId);
    if (!role) return false;
    const least = lesserOf(role, by.role);
    const permissions = permissionSetForKeysOf(least);
    const { userId: id, isSuccessor } = by;
    const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', id, role: least, permissions, isSuccessor };
    return permissions.has('workflow:run') && mayRun(actor, ownerId);
  }

  /** Notes in the log of the step that emitted the event what it did not start; once, however often it is delivered. */
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
