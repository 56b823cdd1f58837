import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { hookSecretNotFound, notAWebhook } from './hooks.errors.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';
import { HookSecretsRepository, type HookSecretState } from './hook-secrets.repository.js';
import { HookSeal } from './hook-seal.js';

/** Time for the sender to switch to a new secret. */
const OVERLAP_MS = 24 * 3_600_000;

/** Manages the secrets that sign deliveries of webhooks. They can be set, but never read. */
@Injectable()
export class HookSecretsService {
  constructor(
    private readonly secrets: HookSecretsRepository,
    private readonly workflows: WorkflowsService,
    private readonly seal: HookSeal,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Sets the secret for signatures. Signatures made with the previous one remain valid for a day, unless
   * `dropsPrevious`.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow.no_webhook`.
   */
  set(actor: Actor, workflowId: string, secret: string, dropsPrevious: boolean): Promise<HookSecretState> {
    return this.dbal.transaction(async () => {
      await this.#assertMayChange(actor, workflowId);
      const sealed = this.seal.seal(workflowId, secret);
      const state = await this.secrets.put(workflowId, sealed, dropsPrevious ? 0 : OVERLAP_MS);
      await this.#record(actor, 'workflow.hook_secret_set', workflowId);
      return state;
    });
  }

  /** @throws NotFoundError `workflow.not_found`, `hook_secret.not_found`. */
  async get(workflowId: string): Promise<HookSecretState> {
    await this.workflows.get(workflowId);
    const state = await this.secrets.find(workflowId);
    if (!state) throw hookSecretNotFound();
    return state;
  }

  /**
   * Removes the secret: a workflow that verifies signatures then accepts no deliveries. Throws the errors of `set`;
   * NotFoundError `hook_secret.not_found`.
   */
  remove(actor: Actor, workflowId: string): Promise<void> {
    return this.dbal.transaction(async () => {
      await this.#assertMayChange(actor, workflowId);
      if (!(await this.secrets.delete([workflowId]))) throw hookSecretNotFound();
      await this.#record(actor, 'workflow.hook_secret_removed', workflowId);
    });
  }

  async #assertMayChange(actor: Actor, workflowId: string): Promise<void> {
    const workflow = await this.workflows.getForChange(actor, workflowId);
    if (workflow.trigger !== 'webhook') throw notAWebhook();
  }

  #record(actor: Actor, action: string, targetId: string): Promise<void> {
    return this.audit.record(actor, { action, targetType: 'workflow', targetId });
  }
}
