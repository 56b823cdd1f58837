import { Injectable } from '@nestjs/common';
import { type Actor, userIdOf } from '../../../common/identity/actor.js';
import { ForbiddenError } from '../../../common/errors/app-error.js';
import { type PageQuery, toSlice } from '../../../common/contracts/page.js';
import { approverNamesOf, seesAllApprovals } from './approval.policy.js';
import { type WaitingApproval, WaitingApprovalsRepository } from './waiting-approvals.repository.js';

/** What waits for people, over all workflows. */
@Injectable()
export class WaitingApprovalsService {
  constructor(private readonly approvals: WaitingApprovalsRepository) {}

  /**
   * What the actor may decide, or everything that anybody may; what has waited longest comes first.
   * @throws ForbiddenError for `all` below managers.
   */
  async list(actor: Actor, all: boolean, query: PageQuery): Promise<{ rows: WaitingApproval[]; total: number }> {
    if (all && !seesAllApprovals(actor)) throw new ForbiddenError();
    const decider = { names: approverNamesOf(actor), userId: userIdOf(actor), runsAll: seesAllApprovals(actor) };
    return this.approvals.findPage(all ? null : decider, toSlice(query));
  }
}
