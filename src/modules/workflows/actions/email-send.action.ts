import { ArrayMaxSize, ArrayMinSize, IsArray, IsString } from 'class-validator';
import { emailOf, HasLength, IsEmailAddress, IsOneLine } from '../../../common/contracts/input-rules.js';
import { CountedMails } from '../../tenants/counted-mails.service.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { configOf, configProblems, ReadAs } from './action-config.js';
import { refusable } from './refused-work.js';
import { Action, type ActionContext, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

const MAX_RECIPIENTS = 10;

class EmailSendConfig {
  @ReadAs((value) => (Array.isArray(value) ? value.map(emailOf) : typeof value === 'string' ? [emailOf(value)] : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_RECIPIENTS)
  @IsEmailAddress({ each: true })
  to!: string[];

  @IsOneLine(200)
  subject!: string;

  @IsString()
  @HasLength(1, 50_000)
  text!: string;
}

/**
 * Sends a mail to each recipient, who does not see the others. Succeeds when the mails are queued, not when they are
 * delivered.
 */
@Action('email.send', { isTransactional: true })
export class EmailSendAction implements WorkflowAction {
  constructor(private readonly mails: CountedMails) {}

  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    return configProblems(EmailSendConfig, config);
  }

  async run(
    config: Readonly<Record<string, unknown>>,
    _input: unknown,
    { log }: ActionContext,
  ): Promise<ActionOutcome> {
    const { to, subject, text } = configOf(EmailSendConfig, config);
    const recipients = [...new Set(to)];
    await refusable(() => this.mails.send(recipients, { subject, text }));
    log(`Sent "${subject}" to ${recipients.length} recipient(s).`);
    return { kind: 'done', output: { recipients: recipients.length } };
  }
}
