import { counterOf } from '../../../common/auth/sign-in-lock.js';
import { type HandlesTasks, TaskHandler, type TaskPayload } from '../../../common/queue/task-handler.js';
import { AccountsRepository } from './accounts.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { PasswordResetIssuer } from './password-reset-issuer.js';

export const SEND_PASSWORD_RESET = 'password_reset.send';

/**
 * Looks the name up and mails a reset link. Not done in the request, whose response and duration must not depend on
 * whether the name exists. If the task is repeated, it sends another mail, whose link replaces the first one.
 */
@TaskHandler(SEND_PASSWORD_RESET)
export class SendPasswordResetTask implements HandlesTasks {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly resets: PasswordResetIssuer,
    private readonly counts: LoginAttemptsRepository,
  ) {}

  async handle({ identifier, reason }: TaskPayload): Promise<void> {
    if (typeof identifier !== 'string') throw new TypeError('The task names no account.');
    const account = await this.accounts.findByName(identifier);
    if (!account?.isActive) return;
    // Counted like failed sign-ins: after five mails there is a pause, so that nobody is flooded.
    const counter = counterOf(`password reset mails to ${account.username}`);
    if ((await this.counts.closedForMs(counter)).own > 0) return;
    await this.resets.issueByMail(account, reason === 'reactivated' ? reason : 'forgotten');
    await this.counts.count(counter);
  }
}
