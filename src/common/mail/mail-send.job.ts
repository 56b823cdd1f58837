import { SecretBox } from '../crypto/secret-box.js';
import { type HandlesJobs, JobHandler, type JobPayload, type RunningJob } from '../queue/task-handler.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

@JobHandler('mail.send')
export class MailSendJob implements HandlesJobs {
  constructor(
    private readonly transport: MailTransport,
    private readonly box: SecretBox,
    private readonly tenant: TenantContext,
  ) {}

  async handle({ sealed }: JobPayload, job: RunningJob): Promise<void> {
    const { tenantId } = this.tenant;
    const mail = JSON.parse(this.box.open(String(sealed), tenantId)) as Mail;
    await this.transport.deliver(mail, `<job-${job.id}.${tenantId}@tenantry>`);
  }
}
