import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { createLogger } from './log-options.js';

describe('Log lines', () => {
  const lines: Array<Record<string, unknown>> = [];
  let logger: Logger;

  beforeEach(() => {
    lines.length = 0;
    logger = createLogger(
      { LOG_LEVEL: 'info', APP_ROLE: 'api' },
      { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    );
  });

  /** Nest's logger as nestjs-pino builds it, on top of this test's logger. */
  const nest = (): NestLogger => new NestLogger(logger as never, {});

  it('keep secrets to themselves, in any spelling and however deep', () => {
    logger.info({
      password: 'hunter2',
      headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', 'Set-Cookie': ['hunter2'], accept: 'json' },
      list: [{ user: { newPassword: 'hunter2', refresh_token: 'hunter2', name: 'ada' } }],
      clientSecret: 'hunter2',
      TOKEN_SIGNING_KEYS: 'hunter2',
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({
      password: '[redacted]',
      headers: { accept: 'json' },
      list: [{ user: { name: 'ada' } }],
    });
  });

  it('keep what an error carries besides its message from telling secrets', () => {
    logger.error({ err: Object.assign(new Error('refused'), { config: { token: 'hunter2' }, status: 502 }) });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({ err: { message: 'refused', status: 502, stack: expect.any(String) as string } });
  });

  it('are cut off where objects refer to themselves', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    logger.info(loop, 'looping');
    expect(lines[0]).toMatchObject({ msg: 'looping' });
  });

  it('keep the error that is handed over behind the text', () => {
    nest().error('A part of the application did not stop cleanly.', new Error('because'), 'DrainService');
    expect(lines[0]).toMatchObject({
      level: 'error',
      context: 'DrainService',
      msg: 'A part of the application did not stop cleanly.',
      err: { message: 'because' },
    });
  });

  it('keep other things that are handed over behind the text', () => {
    nest().log('seeded', { tenants: 3, password: 'hunter2' }, 'Seed');
    expect(lines[0]).toMatchObject({ msg: 'seeded', details: [{ tenants: 3, password: '[redacted]' }] });
  });

  it('leave what Nest tells of its start to debugging', () => {
    nest().log('Mapped {/api/v1/users, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
    logger.level = 'debug';
    nest().log('Mapped {/api/v1/users, GET} route', 'RouterExplorer');
    expect(lines[0]).toMatchObject({ level: 'debug', msg: 'Mapped {/api/v1/users, GET} route' });
  });

  it('carry level, time and the process role', () => {
    logger.warn('careful');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      role: 'api',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });
});
