import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { SessionRoomRepository } from './session-room.repository.js';

/** Rows of tokens that were exchanged or revoked, of one user: enough to notice the reuse of a stolen one for weeks. */
const KEPT_DEAD_TOKENS = 2000;

/** Keeps the sessions of one user within the plan. Call it in a transaction that has locked the user. */
@Injectable()
export class SessionRoom {
  constructor(
    private readonly sessions: SessionRoomRepository,
    private readonly limits: PlanLimits,
  ) {}

  /** For one more session: nobody is kept out by old ones. Returns the ids of those to be ended, used longest ago first. */
  async surplus(userId: string): Promise<string[]> {
    const limit = await this.limits.of('sessionsPerUser');
    return limit === null ? [] : this.sessions.findBeyond(userId, Math.max(0, limit - 1));
  }

  /** For one more token. */
  async forToken(userId: string): Promise<void> {
    await this.sessions.pruneDead(userId, KEPT_DEAD_TOKENS);
  }
}
