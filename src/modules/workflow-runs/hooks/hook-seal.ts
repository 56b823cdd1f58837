import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';

/** Encrypts hook secrets for their workflow, so that they cannot be decrypted for another one. */
@Injectable()
export class HookSeal {
  constructor(
    private readonly box: SecretBox,
    private readonly tenant: TenantContext,
  ) {}

  seal(workflowId: string, secret: string): string {
    return this.box.seal(secret, this.#ownerOf(workflowId));
  }

  /** @throws the errors of `SecretBox.open`. */
  open(workflowId: string, sealed: string): string {
    return this.box.open(sealed, this.#ownerOf(workflowId));
  }

  #ownerOf(workflowId: string): string {
    return `${this.tenant.tenantId}:hook:${workflowId}`;
  }
}
