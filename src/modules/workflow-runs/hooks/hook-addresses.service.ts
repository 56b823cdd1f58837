import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { HookConfig } from './hook-config.js';
import { HookSeal } from './hook-seal.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';
import { HookSecretsRepository } from './hook-secrets.repository.js';
import { HookAddressesRepository } from './hook-addresses.repository.js';

/** The workflow behind an address, and the secrets that sign deliveries to it. */
export interface Hook {
  workflowId: string;
  config: HookConfig;
  /** The current secret and, after a change, the previous one for a while. */
  secrets: string[];
}

/** Manages the secret addresses of workflows with webhook triggers: at most one each, stored as a hash. */
@Injectable()
export class HookAddressesService {
  constructor(
    private readonly hooks: HookAddressesRepository,
    private readonly secrets: HookSecretsRepository,
    private readonly seal: HookSeal,
    private readonly tenant: TenantContext,
  ) {}

  /** Creates an address in the running transaction and invalidates the previous one. The token cannot be read again. */
  async mint(workflowId: string): Promise<TriggerAddress> {
    const { token, hash } = mintSecret('hook', this.tenant.tenantId);
    await this.hooks.replace(workflowId, hash);
    return { token, url: `/api/v1/hooks/${token}` };
  }

  /** Returns whether a secret for signatures is stored. */
  async hasSecret(workflowId: string): Promise<boolean> {
    return (await this.secrets.find(workflowId)) !== null;
  }

  /** Removes the addresses of the workflows, and the secrets that sign their deliveries. */
  async removeAll(workflowIds: readonly string[]): Promise<void> {
    await this.hooks.deleteOf(workflowIds);
    await this.secrets.delete(workflowIds);
  }

  /**
   * Returns the workflow behind an address, by the hash of its token, whatever the workflow's status and trigger are
   * now. The address is locked until the running transaction ends: a hand-over of the workflow waits for that.
   */
  async hold(tokenHash: string): Promise<Hook | null> {
    const held = await this.hooks.hold(tokenHash);
    if (!held) return null;
    const { workflowId, triggerConfig, secret, previousSecret } = held;
    const sealed = [secret, previousSecret].filter((text) => text !== null);
    return {
      workflowId,
      config: triggerConfig as HookConfig,
      secrets: sealed.map((text) => this.seal.open(workflowId, text)),
    };
  }
}
