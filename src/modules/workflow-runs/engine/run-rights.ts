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

/**
 * Whether a run may act now: it acts for its owner; it must fail, because the owner is gone; or it must pause, because
 * its tenant is not active.
 */
export type RunStanding = { kind: 'acts'; actor: Actor } | { kind: 'owner gone' } | { kind: 'tenant closed' };

/** The error of a run whose owner left, was deactivated or deleted. */
export const OWNER_INACTIVE: RunError = {
  code: 'run.owner_inactive',
  message: 'The user on whose behalf the run acts is not active.',
};

const OWNER_GONE: RunStanding = { kind: 'owner gone' };

/**
 * The user whose rights a step used lost them before the step was saved: its changes are rolled back, and it is
 * retried.
 */
export class RightsLostError extends UnavailableError {
  constructor() {
    super('run.rights_changed', 'The permissions of the step have changed in the meantime.');
  }
}

/** Determines the current rights of runs. */
@Injectable()
export class RunRights {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly users: UserRightsReadModel,
  ) {}

  /**
   * Call it before every step. Needs no round trip while change notifications are received; returns a promise only if
   * it does.
   */
  of(run: OwnedRun): RunStanding | Promise<RunStanding> {
    if (!run.owner) return OWNER_GONE;
    const standing = this.identities.ofUser(this.tenant.tenantId, run.owner.id);
    return standing instanceof Promise ? standing.then((found) => judge(run, found)) : judge(run, standing);
  }

  /** Does the same as `of`, but if the owner is gone, first checks whether the run was handed over in the meantime. */
  async ofLatest(run: OwnedRun, renew: () => Promise<Pick<ClaimedRun, 'owner'>>): Promise<RunStanding> {
    const standing = await this.of(run);
    return standing.kind === 'owner gone' ? this.of({ id: run.id, owner: (await renew()).owner }) : standing;
  }

  /**
   * For steps that write to our database: checks, in the transaction that saves them, that the user still has the
   * rights that were used, and locks these until it ends.
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
  // Without permissions that only people in person have.
  const permissions = permissionSetForKeysOf(own);
  const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', id, role: own, permissions, runId };
  return { kind: 'acts', actor: roleLimit ? { ...actor, isSuccessor: true } : actor };
}
