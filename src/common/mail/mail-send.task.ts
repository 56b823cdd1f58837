import { SecretBox } from '../crypto/secret-box.js';
import { type HandlesTasks, TaskHandler, type TaskPayload, type RunningTask } from '../queue/task-handler.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { MailTransport } from './mail-transport.js';
import type { Mail } from './mail.types.js';

@TaskHandler('mail.send')
export class MailSendTask implements HandlesTasks {
  constructor(
    private readonly transport: MailTransport,
    private readonly box: SecretBox,
    private readonly tenant: TenantContext,
  ) {}

  async handle({ sealed }: TaskPayload, task: RunningTask): Promise<void> {
    const { tenantId } = this.tenant;
    const mail = JSON.parse(this.box.open(String(sealed), tenantId)) as Mail;
    await this.transport.deliver(mail, `<job-${task.id}.${tenantId}@tenantry>`);
  }
}
