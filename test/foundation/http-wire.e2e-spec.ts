import { connect, type AddressInfo } from 'node:net';
import { Controller, Get, Post, Query } from '@nestjs/common';
import { PageQuery } from '../../src/common/contracts/page.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';

@Controller('things')
class ThingsController {
  @Get()
  list(@Query() query: PageQuery): PageQuery {
    return query;
  }

  @Post()
  create(): object {
    return {};
  }
}

describe('Bytes on the wire', () => {
  let foundation: FoundationApp;

  beforeAll(async () => {
    foundation = await createFoundationApp([ThingsController], { config: { LOG_LEVEL: 'info' } });
  });
  afterAll(() => foundation.close());

  const send = async (bytes: string): Promise<string> => {
    const { port } = foundation.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(bytes);
    let answer = '';
    for await (const chunk of socket) answer += chunk as string;
    return answer;
  };

  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'request.invalid'],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'request.headers_too_large',
    ],
  ])('that are no request are answered with a problem: %s', async (_, bytes, status, code) => {
    const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/Content-Type: application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it('may carry the whole address instead of the path', async () => {
    const get = (target: string) => send(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await get('http://elsewhere.example/api/v1/things?limit=7')).toMatch(/^HTTP\/1.1 200 [^]*"limit":7/);
    expect(await get('HTTP://elsewhere.example:80')).toMatch(/^HTTP\/1.1 404 [^]*"instance":"\/"/);
  });

  it('are nobody’s defect when a client leaves in the middle of its body', async () => {
    const { port } = foundation.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const head = 'POST /api/v1/things HTTP/1.1\r\nHost: x\r\nX-Request-Id: left\r\nContent-Type: application/json\r\n';
    socket.end(`${head}Content-Length: 1000\r\n\r\n{"email"`);
    const lines = (): unknown[] => foundation.log.filter((line) => line['requestId'] === 'left');
    while (lines().length === 0) await new Promise(setImmediate);
    expect(lines()).toEqual([expect.objectContaining({ level: 'info', msg: 'request', aborted: true })]);
  });
});
