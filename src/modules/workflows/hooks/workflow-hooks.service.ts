import { Injectable } from '@nestjs/common';
import { mintSecret } from '../../../common/auth/secret-token.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { WorkflowHooksRepository } from './workflow-hooks.repository.js';

/** The secret addresses of workflows that webhooks start. At most one each; stored as a hash. */
@Injectable()
export class WorkflowHooksService {
  constructor(
    private readonly hooks: WorkflowHooksRepository,
    private readonly tenant: TenantContext,
  ) {}

  /** A new address, in the running transaction; one that was there before stops working. The token cannot be read again. */
  async mint(workflowId: string): Promise<string> {
    const { token, hash } = mintSecret('hook', this.tenant.tenantId);
    await this.hooks.replace(workflowId, hash);
    return token;
  }

  /** The workflow no longer has an address. */
  remove(workflowId: string): Promise<void> {
    return this.hooks.delete(workflowId);
  }

  /** The same for many. */
  removeAll(workflowIds: readonly string[]): Promise<void> {
    return this.hooks.deleteOf(workflowIds);
  }

  /**
   * The workflow that an address stands for, by the hash of its token; in whatever status and with whatever trigger it is now. The
   * address stays until the running transaction has ended: whoever hands the workflow over waits for that.
   */
  holdWorkflowId(tokenHash: string): Promise<string | null> {
    return this.hooks.holdWorkflowId(tokenHash);
  }
}
