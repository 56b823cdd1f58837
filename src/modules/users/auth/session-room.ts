import { Injectable } from '@nestjs/common';
import { PlanLimits } from '../../tenants/plan-limits.service.js';
import { SessionRoomRepository } from './session-room.repository.js';

/** Exchanged and revoked tokens kept per user: enough to detect the reuse of a stolen one for weeks. */
const KEPT_DEAD_TOKENS = 2000;

/** Keeps the sessions of one user within the plan's limit. Call it in a transaction that has locked the user. */
@Injectable()
export class SessionRoom {
  constructor(
    private readonly sessions: SessionRoomRepository,
    private readonly limits: PlanLimits,
  ) {}

  /**
   * Returns the ids of sessions to end before another one starts, least recently used first: old sessions never prevent
   * a sign-in.
   */
  async surplus(userId: string): Promise<string[]> {
    const limit = await this.limits.of('sessionsPerUser');
    return limit === null ? [] : this.sessions.findBeyond(userId, Math.max(0, limit - 1));
  }

  /** Makes room for another token. */
  async forToken(userId: string): Promise<void> {
    await this.sessions.pruneDead(userId, KEPT_DEAD_TOKENS);
  }
}
