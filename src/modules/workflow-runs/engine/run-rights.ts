import { Injectable } from '@nestjs/common';
import { type Actor, SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { IdentityCache } from '../../../common/auth/identity-cache.js';
import { permissionSetForKeysOf } from '../../../common/identity/permissions.js';
import { lesserOf, levelOf } from '../../../common/identity/roles.js';
import type { UserStanding } from '../../../common/auth/user-standing.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { RunError } from '../runs.types.js';
import type { ClaimedRun } from './run-leases.repository.js';
import { UserRightsReadModel } from '../../users/user-rights.read-model.js';

type OwnedRun = Pick<ClaimedRun, 'id' | 'owner'>;

/** Whether a run may act now: for its owner; no longer, because the owner is gone; or not while its tenant is inactive. */
export type RunStanding = { kind: 'acts'; actor: Actor } | { kind: 'owner gone' } | { kind: 'tenant closed' };

/** Why a run fails whose owner left, was deactivated or deleted. */
export const OWNER_INACTIVE: RunError = {
  code: 'run.owner_inactive',
  message: 'The user on whose behalf the run acts is not active.',
};

const OWNER_GONE: RunStanding = { kind: 'owner gone' };

/** Whose rights a step used has lost them before the step was saved: what it did is undone, and it is tried again. */
export class RightsLostError extends UnavailableError {
  constructor() {
    super('run.rights_changed', 'The permissions of the step have changed in the meantime.');
  }
}

/** With whose rights runs act, as of now. */
@Injectable()
export class RunRights {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly users: UserRightsReadModel,
  ) {}

  /** Ask before every step. No round trip while changes of users and tenants are received; a promise only where there is one. */
  of(run: OwnedRun): RunStanding | Promise<RunStanding> {
    if (!run.owner) return OWNER_GONE;
    const standing = this.identities.ofUser(this.tenant.tenantId, run.owner.id);
    return standing instanceof Promise ? standing.then((found) => judge(run, found)) : judge(run, standing);
  }

  /** The same, where somebody may take over in this moment: of an owner who is gone it asks whether the run has another by now. */
  async ofLatest(run: OwnedRun, renew: () => Promise<Pick<ClaimedRun, 'owner'>>): Promise<RunStanding> {
    const standing = await this.of(run);
    return standing.kind === 'owner gone' ? this.of({ id: run.id, owner: (await renew()).owner }) : standing;
  }

  /**
   * For what writes: in the transaction that saves it, the user still has the rights that were used, and keeps them until it has ended.
   * @throws RightsLostError
   */
  async confirm(used: Actor): Promise<void> {
    const now = await this.users.hold(used.id);
    if (now?.tenantStatus === 'ACTIVE' && levelOf(now.role) >= levelOf(used.role)) return;
    this.identities.forgetUser(this.tenant.tenantId, used.id);
    throw new RightsLostError();
  }
}

function judge(
  { id: runId, owner }: OwnedRun,
  { tenantStatus, role }: Pick<UserStanding, 'tenantStatus' | 'role'>,
): RunStanding {
  if (tenantStatus !== 'ACTIVE') return { kind: 'tenant closed' };
  if (!owner || !role) return OWNER_GONE;
  const { id, roleLimit } = owner;
  const own = roleLimit ? lesserOf(role, roleLimit) : role;
  // Without what only people do in person.
  const permissions = permissionSetForKeysOf(own);
  const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', id, role: own, permissions, runId };
  return { kind: 'acts', actor: roleLimit ? { ...actor, isSuccessor: true } : actor };
}
