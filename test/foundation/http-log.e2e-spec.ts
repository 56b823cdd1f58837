import { Controller, Get, Logger, Module } from '@nestjs/common';
import { mintSecret } from '../../src/common/auth/secret-token.js';
import { Allow, Public } from '../../src/common/identity/auth.decorators.js';
import { definePermissions } from '../../src/common/identity/permissions.js';
import { eventually } from '../support/eventually.js';
import { type Principal, signedInUser } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

definePermissions({ 'logged:read': 'member', 'logged:manage': 'owner' });

@Controller('logged')
class LoggedController {
  private readonly logger = new Logger('Logged');

  @Get()
  @Allow('logged:read')
  say(): object {
    this.logger.log('said by a handler');
    return {};
  }

  @Get('refused')
  @Allow('logged:manage')
  refused(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    this.logger.log('said without anybody');
    return {};
  }
}

@Module({ controllers: [LoggedController] })
class LoggedModule {}

describe('Log lines of a request', () => {
  let test: TestApp;
  let user: Principal;

  beforeAll(async () => {
    test = await createTestApp({ LOG_LEVEL: 'info' }, [LoggedModule]);
    user = await signedInUser(test);
  });
  afterAll(() => test.close());

  /** The last line is written when the answer has left. */
  const linesOf = async (path: string, requestId: string, authorization?: string): Promise<unknown[]> => {
    const request = test.http.get(`/api/v1/logged${path}`).set('X-Request-Id', requestId);
    await (authorization ? request.set('Authorization', authorization) : request);
    return linesWith(requestId);
  };
  const linesWith = async (requestId: string): Promise<unknown[]> => {
    const lines = (): Array<Record<string, unknown>> => test.log.filter((line) => line['requestId'] === requestId);
    while (!lines().some(({ msg }) => msg === 'request')) await new Promise(setImmediate);
    return lines();
  };

  it('all name the request, its tenant and who acts', async () => {
    const who = { requestId: 'who', tenantId: user.tenantId, actorId: user.id };
    expect(await linesOf('', 'who', user.authorization)).toEqual([
      expect.objectContaining({ ...who, context: 'Logged', msg: 'said by a handler' }),
      expect.objectContaining({ ...who, msg: 'request', actorKind: 'user', status: 200, route: '/api/v1/logged' }),
    ]);
  });

  it('name the tenant of a refused request, too', async () => {
    expect(await linesOf('/refused', 'refused', user.authorization)).toMatchObject([
      { msg: 'request', status: 403, tenantId: user.tenantId, actorId: user.id, code: 'auth.forbidden' },
    ]);
  });

  it('name the tenant in which somebody tries to sign in', async () => {
    await test.http
      .post('/api/v1/auth/login')
      .set('X-Request-Id', 'guess')
      .send({ tenant: user.tenantId, identifier: 'nobody', password: 'guessed' });
    expect(await linesWith('guess')).toMatchObject([
      { msg: 'request', status: 401, tenantId: user.tenantId, code: 'auth.invalid_credentials' },
    ]);
  });

  it('name nobody where nobody is', async () => {
    const lines = await linesOf('/open', 'open');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toHaveProperty('tenantId');
      expect(line).not.toHaveProperty('actorId');
    }
  });

  it('never hold the credential', async () => {
    await linesOf('', 'credential', user.authorization);
    expect(JSON.stringify(test.log)).not.toContain(user.authorization.slice('Bearer '.length));
  });

  it('never hold the address of a hook, which is a secret', async () => {
    const { token } = mintSecret('hook', user.tenantId);
    for (const path of [`/api/v1/hooks/${token}`, `/API/v1/Hooks/${token.replaceAll('_', '%5F')}/`]) {
      await test.http.post(path).send({}).expect(404);
    }
    const lines = await eventually(
      () => test.log.filter(({ path }) => /hooks/i.test(String(path))),
      ({ length }) => length === 2,
    );
    expect(lines.map(({ path }) => path)).toEqual(['/api/v1/hooks/[redacted]', '/API/v1/Hooks/[redacted]/']);
    expect(JSON.stringify(test.log)).not.toContain(token.slice(-43));
  });
});
