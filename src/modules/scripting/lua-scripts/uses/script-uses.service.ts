import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../../../common/identity/actor.js';
import { mayChange } from '../../../../common/identity/ownership.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { luaScriptInUse } from '../lua-scripts.errors.js';
import { UserRightsReadModel } from '../../../users/user-rights.read-model.js';
import { ScriptUsesRepository } from './script-uses.repository.js';
import type { ScriptUse } from './script-uses.types.js';

const MAX_NAMES = 5;

/**
 * Decides which version of a script each workflow uses. A script acts with the rights of the workflow's owner, so only
 * those who may change the workflow choose its version. Call each method in the transaction of the change that it
 * belongs to.
 */
@Injectable()
export class ScriptUsesService {
  constructor(
    private readonly uses: ScriptUsesRepository,
    private readonly users: UserRightsReadModel,
  ) {}

  /** Until the running transaction ends, no script is deleted and none is newly used. */
  lock(): Promise<void> {
    return this.uses.lockUse();
  }

  /** Returns those of the scripts that exist, as the workflow uses them, by name. */
  find(workflowId: string, scriptIds: readonly string[]): Promise<ScriptUse[]> {
    return this.uses.find(workflowId, scriptIds);
  }

  /**
   * Makes the workflow use a version that the actor has chosen.
   * @throws NotFoundError `lua_script_version.not_found`.
   */
  async take(actor: Actor, workflowId: string, scriptId: string, version: number): Promise<void> {
    const isTaken = await this.uses.take(workflowId, scriptId, version, userIdOf(actor));
    if (!isTaken) throw new NotFoundError('lua_script_version');
  }

  /**
   * Updates the uses after a workflow's definition was changed by somebody who may change it: newly referenced scripts
   * are used in their current version.
   * @param scriptIds the scripts that the definition references.
   * @param before the scripts that the previous definition referenced; absent for a new workflow.
   */
  async defined(
    actor: Actor,
    workflowId: string,
    scriptIds: readonly string[],
    before?: readonly string[],
  ): Promise<void> {
    const added = scriptIds.filter((id) => !before?.includes(id));
    if (added.length === 0) return;
    if (before) await this.uses.forget(workflowId, added);
    await this.uses.takeNewest(workflowId, added, userIdOf(actor));
  }

  /** Gives a copied workflow the script versions of the original, so that both run the same code. */
  copied(fromWorkflowId: string, toWorkflowId: string): Promise<void> {
    return this.uses.copy(fromWorkflowId, toWorkflowId);
  }

  /** Adopts a script's new version in the workflows that the actor may change; in others it stays pending. */
  async advance(actor: Actor, scriptId: string, version: number): Promise<void> {
    const users = await this.uses.holdUsers(scriptId);
    const roles = await this.users.rolesOf(users.map(({ ownerId }) => ownerId));
    const theirs = users.filter(({ ownerId }) => mayChange(actor, { id: ownerId, role: roles.get(ownerId)! }));
    if (theirs.length === 0) return;
    const workflowIds = theirs.map(({ workflowId }) => workflowId);
    await this.uses.advance(scriptId, version, workflowIds, userIdOf(actor));
  }

  /** @throws ConflictError `lua_script.in_use` while an active workflow runs it. */
  async assertUnused(scriptId: string): Promise<void> {
    const names = await this.uses.findActiveNames(scriptId, MAX_NAMES);
    if (names.length > 0) throw luaScriptInUse(names);
  }
}
