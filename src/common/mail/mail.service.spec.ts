import type { SecretBox } from '../crypto/secret-box.js';
import { UnavailableError } from '../errors/app-error.js';
import type { QueueService } from '../queue/queue.service.js';
import type { TenantContext } from '../tenancy/tenant-context.js';
import { MailService } from './mail.service.js';
import { MemoryTransport } from './memory.transport.js';
import { NoTransport } from './no.transport.js';

const MAIL = { to: 'reader@example.test', subject: 'Hello', text: 'Text' };

function serviceWith(transport: MemoryTransport | NoTransport): { mails: MailService; enqueued: string[] } {
  const enqueued: string[] = [];
  const jobs = { enqueue: async (task: string) => void enqueued.push(task) } as unknown as QueueService;
  const box = { seal: (text: string) => text } as unknown as SecretBox;
  const mails = new MailService(transport, jobs, box, { tenantId: 'tenant' } as TenantContext);
  Object.assign(mails, { logger: { error: () => undefined } });
  return { mails, enqueued };
}

describe('An installation without a mail server', () => {
  it('enqueues no mail, and lets the request go on as if it had', async () => {
    const { mails, enqueued } = serviceWith(new NoTransport());
    await expect(mails.send(MAIL)).resolves.toBeUndefined();
    expect(enqueued).toEqual([]);
  });

  it('says so where the mail is the point of the request', () => {
    expect(() => serviceWith(new NoTransport()).mails.requireTransport()).toThrow(UnavailableError);
  });
});

describe('An installation with a mail server', () => {
  it('enqueues mails', async () => {
    const { mails, enqueued } = serviceWith(new MemoryTransport());
    mails.requireTransport();
    await mails.send(MAIL);
    expect(enqueued).toEqual(['mail.send']);
  });
});
