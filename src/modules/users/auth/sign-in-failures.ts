import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { SYSTEM_ACTOR } from '../../../common/auth/actor.js';
import type { FailedAttempts } from '../../../common/auth/sign-in-lock.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';

/** Failed sign-ins, counted by name, and written into the audit log where they were somebody's. */
@Injectable()
export class SignInFailures {
  readonly #logger = new Logger(SignInFailures.name);

  constructor(
    private readonly attempts: LoginAttemptsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * The failures of one attempt to sign in.
   * @param meant the id of the user whose name it was, asked once the attempt has failed; undefined for an unknown name. Of
   * those nothing is written down: anybody could fill the log with them, and nothing ever leaves it.
   */
  of(meant: () => string | undefined): FailedAttempts {
    const { attempts } = this;
    return {
      lockedForMs: (nameHash) => attempts.lockedForMs(nameHash),
      forget: (nameHash) => attempts.forget(nameHash),
      count: async (nameHash) => {
        await attempts.count(nameHash);
        const userId = meant();
        if (userId !== undefined) this.#note(userId);
      },
    };
  }

  /** Not awaited: how long the answer takes must not tell whether somebody has the name. */
  #note(userId: string): void {
    this.audit
      .record(SYSTEM_ACTOR, {
        action: 'user.sign_in_failed',
        targetType: 'user',
        targetId: userId,
        outcome: 'denied',
      })
      .catch((error: unknown) => this.#logger.error({ err: error }, 'A failed sign-in could not be audited.'));
  }
}
