import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { DbalService } from '../../src/common/dbal/dbal.service.js';
import { TaskRunner } from '../../src/common/queue/task-runner.js';
import { MailTransport } from '../../src/common/mail/mail-transport.js';
import { MailService } from '../../src/common/mail/mail.service.js';
import type { MemoryTransport } from '../../src/common/mail/memory.transport.js';
import { type Factories, factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { uniqueName } from '../support/unique-name.js';
import { queuedFor } from '../support/queued-tasks.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const address = (): string => `${uniqueName('reader')}@example.test`;

describe('A mail', () => {
  let test: TestApp;
  let make: Factories;
  let tenant: TestTenant;
  beforeAll(async () => {
    test = await createTestApp();
    make = factories(test.app);
    tenant = await make.createTenant();
  });
  afterAll(() => test.close());

  it('leaves after its transaction, and lies sealed in the queue until then', async () => {
    const mail = { to: address(), subject: 'Greetings', text: 'https://example.test/reset#token=abcdef' };
    await make.inTenant(tenant, () => test.app.get(MailService).send(mail));
    const [job, ...others] = await queuedFor(tenant, 'mail.send');
    expect(others).toEqual([]);
    expect(JSON.stringify(job!.payload)).not.toMatch(/Greetings|abcdef|example/);
    const outbox = test.app.get<MemoryTransport>(MailTransport);
    expect(outbox.sent).not.toContainEqual(mail);

    await test.app.get(TaskRunner).runDue();
    expect(await outbox.mailTo(mail.to)).toEqual(mail);
    expect(await queuedFor(tenant, 'mail.send')).toEqual([]);
  });

  it('never leaves when its transaction is undone', async () => {
    const mail = { to: address(), subject: 'Greetings', text: 'Hello' };
    const undone = make.inTenant(tenant, () =>
      test.app.get(DbalService).transaction(async () => {
        await test.app.get(MailService).send(mail);
        throw new Error('undo');
      }),
    );
    await expect(undone).rejects.toThrow('undo');
    expect(await queuedFor(tenant, 'mail.send')).toEqual([]);
  });

  it('cannot be sent outside of any tenant', async () => {
    const attempt = test.app.get(MailService).send({ to: address(), subject: 'x', text: 'x' });
    await expect(attempt).rejects.toThrow('No tenant in context');
  });
});

describe('A mail by SMTP', () => {
  let server: SMTPServer;
  let test: TestApp;
  let make: Factories;
  const received: { to: string[]; source: string }[] = [];
  /** What the server answers to a recipient, by address. */
  const answers = new Map<string, number>();

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address: to }, _session, done) => {
        const responseCode = answers.get(to);
        done(responseCode ? Object.assign(new Error('refused'), { responseCode }) : null);
      },
      onData: (stream, session: SMTPServerSession, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map((recipient) => recipient.address);
          received.push({ to, source: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    test = await createTestApp({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Demo <demo@example.test>' });
    make = factories(test.app);
  });
  afterAll(async () => {
    await test.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  const receivedBy = (to: string): string[] =>
    received.filter((mail) => mail.to.includes(to)).map((mail) => mail.source);

  const send = (tenant: TestTenant, to: string): Promise<void> =>
    make.inTenant(tenant, () => test.app.get(MailService).send({ to, subject: 'Hello', text: 'Line one\n\nLine two' }));

  it('reaches the mail server as it was written', async () => {
    const to = address();
    await send(await make.createTenant(), to);
    await test.app.get(TaskRunner).runDue();
    const [source, ...others] = receivedBy(to);
    expect(others).toEqual([]);
    expect(source).toContain('From: Demo <demo@example.test>');
    expect(source).toContain(`To: ${to}`);
    expect(source).toContain('Subject: Hello');
    expect(source).toContain('Line one\r\n\r\nLine two');
  });

  it('is tried again, as the same message, when the server cannot take it yet', async () => {
    const [tenant, to] = [await make.createTenant(), address()];
    answers.set(to, 451);
    await send(tenant, to);
    await test.app.get(TaskRunner).runDue();
    const [waiting] = await queuedFor(tenant, 'mail.send');
    expect(waiting).toMatchObject({ attempts: 1, inFuture: true });

    answers.delete(to);
    await waiting!.makeDue();
    await test.app.get(TaskRunner).runDue();
    const [source] = receivedBy(to);
    expect(source).toContain(`Message-ID: <job-${waiting!.id}.${tenant.id}@tenantry>`);
    expect(await queuedFor(tenant, 'mail.send')).toEqual([]);
  });

  it('is given up when the server refuses the recipient for good', async () => {
    const [tenant, to] = [await make.createTenant(), address()];
    answers.set(to, 550);
    await send(tenant, to);
    await test.app.get(TaskRunner).runDue();
    expect(receivedBy(to)).toEqual([]);
    expect(await queuedFor(tenant, 'mail.send')).toEqual([]);
  });

  it('goes to one address, whatever the address says', async () => {
    const [tenant, victim] = [await make.createTenant(), address()];
    await send(tenant, `${address()}, ${victim}`);
    await test.app.get(TaskRunner).runDue();
    expect(receivedBy(victim)).toEqual([]);
  });
});
