import { createLogger } from './log-options.js';
import { readableFormat } from './readable-output.js';

describe('Log lines in a terminal', () => {
  async function written(log: (logger: ReturnType<typeof createLogger>) => void): Promise<string> {
    const format = await readableFormat({ colors: false });
    const lines: string[] = [];
    log(createLogger({ LOG_LEVEL: 'info', APP_ROLE: 'all' }, { write: (line) => void lines.push(format(line)) }));
    return lines.join('');
  }

  it('tell of a request what one looks for', async () => {
    const fields = {
      msg: 'request',
      method: 'GET',
      path: '/api/v1/users',
      status: 200,
      durationMs: 3.25,
      requestId: 'r1',
    };
    const text = await written((logger) => logger.child({ context: 'Http' }).info(fields));
    expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: GET \/api\/v1\/users 200 3\.25 ms \{"requestId":"r1"\}\n$/);
  });

  it('keep the lines of a text, so that a link stands on a line of its own', async () => {
    const link = 'http://localhost:3000/invitation#token';
    const text = await written((logger) => logger.info({ context: 'Mail' }, `To: a@b.test\n\n${link}\n`));
    expect(text).toContain('INFO: Mail: To: a@b.test');
    expect(text.split('\n')).toContain(link);
  });

  it('show where an error comes from', async () => {
    const text = await written((logger) => logger.error({ err: new Error('because') }, 'It failed.'));
    expect(text).toContain('ERROR: It failed.');
    expect(text).toContain('because');
    expect(text).toMatch(/readable-output\.spec\.ts:\d+/);
  });
});
