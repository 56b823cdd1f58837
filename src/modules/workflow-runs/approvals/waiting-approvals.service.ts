import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { ForbiddenError } from '../../../common/errors/app-error.js';
import { type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { approverNamesOf, seesAllApprovals } from './approval.policy.js';
import { type WaitingApproval, WaitingApprovalsRepository } from './waiting-approvals.repository.js';

/** Lists pending approvals across all workflows. */
@Injectable()
export class WaitingApprovalsService {
  constructor(private readonly approvals: WaitingApprovalsRepository) {}

  /**
   * Returns the approvals that the actor may decide, or all pending ones; longest waiting first.
   * @throws ForbiddenError for `all` if the actor is below manager.
   */
  async list(actor: Actor, all: boolean, query: PageQuery): Promise<{ rows: WaitingApproval[]; total: number }> {
    if (all && !seesAllApprovals(actor)) throw new ForbiddenError();
    const decider = { names: approverNamesOf(actor), userId: userIdOf(actor), runsAll: seesAllApprovals(actor) };
    return this.approvals.findPage(all ? null : decider, toSlice(query));
  }
}
