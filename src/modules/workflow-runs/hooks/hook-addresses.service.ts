import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { HookConfig } from './hook-config.js';
import { HookSeal } from './hook-seal.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';
import { HookSecretsRepository } from './hook-secrets.repository.js';
import { HookAddressesRepository } from './hook-addresses.repository.js';

/** Where an address leads, and what deliveries to it must be signed with. */
export interface Hook {
  workflowId: string;
  config: HookConfig;
  /** The one that holds, and while it is changed the one before it. */
  secrets: string[];
}

/** The secret addresses of workflows that webhooks start. At most one each; stored as a hash. */
@Injectable()
export class HookAddressesService {
  constructor(
    private readonly hooks: HookAddressesRepository,
    private readonly secrets: HookSecretsRepository,
    private readonly seal: HookSeal,
    private readonly tenant: TenantContext,
  ) {}

  /** A new address, in the running transaction; one that was there before stops working. The token cannot be read again. */
  async mint(workflowId: string): Promise<TriggerAddress> {
    const { token, hash } = mintSecret('hook', this.tenant.tenantId);
    await this.hooks.replace(workflowId, hash);
    return { token, url: `/api/v1/hooks/${token}` };
  }

  /** Whether a secret for signatures is stored. */
  async hasSecret(workflowId: string): Promise<boolean> {
    return (await this.secrets.find(workflowId)) !== null;
  }

  /** The workflows no longer have addresses, nor secrets with which deliveries are signed. */
  async removeAll(workflowIds: readonly string[]): Promise<void> {
    await this.hooks.deleteOf(workflowIds);
    await this.secrets.delete(workflowIds);
  }

  /**
   * The workflow that an address stands for, by the hash of its token; in whatever status and with whatever trigger it is now. The
   * address stays until the running transaction has ended: whoever hands the workflow over waits for that.
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
