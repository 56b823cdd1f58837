import { ConfigError } from '../config/load-config.js';
import { StartupError } from '../errors/startup.error.js';
import { describeStartFailure } from './start-failure.js';

describe('What an operator reads when the program does not start', () => {
  it('is the message alone where the reason is known', () => {
    expect(describeStartFailure(new ConfigError(['PORT is wrong']))).toMatch(
      /^The configuration is not valid:\n  - PORT is wrong/,
    );
    expect(describeStartFailure(new StartupError(['no']))).toBe('Tenantry cannot start:\n  - no');
  });

  it('names the address that cannot be listened on', () => {
    const error = Object.assign(new Error('x'), { code: 'EADDRINUSE', syscall: 'listen', address: '::', port: 3000 });
    expect(describeStartFailure(error)).toBe(
      'Tenantry cannot start: it cannot listen on :::3000 (HOST, PORT): another program uses it.',
    );
  });

  it('says that the database cannot be reached', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    expect(describeStartFailure(error)).toBe(
      'Tenantry cannot start: the database cannot be reached: connect ECONNREFUSED 127.0.0.1:5432',
    );
  });

  it('is the stack of what nobody expected', () => {
    expect(describeStartFailure(new TypeError('x is undefined'))).toMatch(/TypeError: x is undefined\n +at /);
  });
});
