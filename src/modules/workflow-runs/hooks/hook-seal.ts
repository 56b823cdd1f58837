import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';

/** Seals secrets of hooks for their workflow: no other workflow can have one opened. */
@Injectable()
export class HookSeal {
  constructor(
    private readonly box: SecretBox,
    private readonly tenant: TenantContext,
  ) {}

  seal(workflowId: string, secret: string): string {
    return this.box.seal(secret, this.#ownerOf(workflowId));
  }

  /** @throws Error as `SecretBox.open`. */
  open(workflowId: string, sealed: string): string {
    return this.box.open(sealed, this.#ownerOf(workflowId));
  }

  #ownerOf(workflowId: string): string {
    return `${this.tenant.tenantId}:hook:${workflowId}`;
  }
}
