import { Global, Logger, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { LogTransport } from './log.transport.js';
import { MailSendTask } from './mail-send.task.js';
import { MailTransport } from './mail-transport.js';
import { MailService } from './mail.service.js';
import { MemoryTransport } from './memory.transport.js';
import { NoTransport } from './no.transport.js';
import { SmtpTransport } from './smtp.transport.js';

function transportFor({ SMTP_URL, MAIL_FROM, NODE_ENV }: Config): MailTransport {
  if (SMTP_URL) return new SmtpTransport(SMTP_URL, MAIL_FROM);
  if (NODE_ENV === 'test') return new MemoryTransport();
  if (NODE_ENV === 'development') return new LogTransport();
  new Logger('Mail').warn('SMTP_URL is not set: invitations and password resets cannot be emailed.');
  return new NoTransport();
}

@Global()
@Module({
  imports: [CryptoModule, QueueModule],
  providers: [{ provide: MailTransport, useFactory: transportFor, inject: [Config] }, MailService, MailSendTask],
  exports: [MailService, MailTransport],
})
export class MailModule {}
