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
 * Which version of a script each workflow uses: it would act with the rights of the workflow's owner, so nobody chooses it who may not
 * change the workflow. Each method belongs into the transaction of the change that it is about.
 */
@Injectable()
export class ScriptUsesService {
  constructor(
    private readonly uses: ScriptUsesRepository,
    private readonly users: UserRightsReadModel,
  ) {}

  /** No script is deleted, and none comes into use, before the running transaction has ended. */
  lock(): Promise<void> {
    return this.uses.lockUse();
  }

  /** The scripts of those ids that there are, as the workflow uses them; by name. */
  find(workflowId: string, scriptIds: readonly string[]): Promise<ScriptUse[]> {
    return this.uses.find(workflowId, scriptIds);
  }

  /** Lets the workflow use that version, which the actor has chosen. @throws NotFoundError `lua_script_version.not_found`. */
  async take(actor: Actor, workflowId: string, scriptId: string, version: number): Promise<void> {
    const isTaken = await this.uses.take(workflowId, scriptId, version, userIdOf(actor));
    if (!isTaken) throw new NotFoundError('lua_script_version');
  }

  /**
   * A workflow has a new definition, by somebody who may change it: scripts that it did not name before are used as they are now.
   * @param scriptIds those that it names.
   * @param before those that it named; absent for a new one.
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

  /** A workflow is a copy of another one: what it runs is the same. */
  copied(fromWorkflowId: string, toWorkflowId: string): Promise<void> {
    return this.uses.copy(fromWorkflowId, toWorkflowId);
  }

  /** A script has a new version: the workflows use it that the actor may change, and at the others it waits. */
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
