import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type AnsweringServer, createAnsweringServer } from '../../support/answering-server.js';
import { actionFor, contextWith, failureOf, outputOf } from '../../support/http-action.js';

const LOOPBACK = ['127.0.0.0/8'];
const JSON_TYPE = { 'content-type': 'application/json' };

describe('What http.request makes of an answer', () => {
  const servers: AnsweringServer[] = [];
  async function serverThat(...args: Parameters<typeof createAnsweringServer>): Promise<AnsweringServer> {
    const server = await createAnsweringServer(...args);
    servers.push(server);
    return server;
  }
  afterAll(() => Promise.all(servers.map((server) => server.close())));
  const action = actionFor(LOOPBACK);

  it.each(['gzip', 'deflate', 'br'])('is nothing when an answer in %s has no body', async (encoding) => {
    const server = await serverThat((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'transfer-encoding': 'chunked' }).end();
    });
    expect((await outputOf(action, { method: 'POST', url: server.origin, body: 'x' })).body).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['as zlib', deflateSync],
    ['bare', deflateRawSync],
  ])('is read when it comes as deflate, %s', async (_form, compress) => {
    const server = await serverThat((_request, response) => {
      const bytes = compress('{"a": "ü"}');
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'deflate' });
      response.write(bytes.subarray(0, 1));
      response.end(bytes.subarray(1));
    });
    expect((await outputOf(action, { url: server.origin })).body).toEqual({ a: 'ü' });
  });

  it('is no reason to ask again when it says gzip and is not, or breaks off', async () => {
    const server = await serverThat(({ url }, response) => {
      if (url === '/liar') response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
      else if (url === '/cut') {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync('x'.repeat(100)).subarray(0, 15));
      } else {
        response.writeHead(200, { 'content-length': 100 });
        response.write('a');
        setImmediate(() => response.destroy());
      }
    });
    for (const path of ['/liar', '/cut', '/gone']) {
      expect(await failureOf(action, { method: 'POST', url: server.origin + path })).toMatchObject({
        code: 'http.unreadable',
        isRetryable: false,
      });
    }
  });

  it('is waited for no longer than the step may take; it is asked again only where nothing was answered', async () => {
    const server = await serverThat(({ url }, response) => {
      if (url === '/slow') {
        response.writeHead(200);
        response.write('a');
      }
    });
    const timeoutMs = 300;
    expect(await failureOf(action, { url: `${server.origin}/slow`, timeoutMs })).toMatchObject({
      code: 'http.timeout',
      isRetryable: false,
    });
    expect(await failureOf(action, { url: `${server.origin}/silent`, timeoutMs })).toMatchObject({
      code: 'http.timeout',
      isRetryable: true,
    });
  });

  it('is followed to a Location beyond ASCII, as UTF-8', async () => {
    const server = await serverThat(({ url }, response) => {
      if (url === '/start') {
        response.writeHead(302, { location: Buffer.from('/größe').toString('latin1') }).end();
      } else response.writeHead(200, { 'x-name': Buffer.from('Größe').toString('latin1') }).end();
    });
    const output = await outputOf(action, { url: `${server.origin}/start` });
    expect(output.url).toBe(`${server.origin}/gr%C3%B6%C3%9Fe`);
    expect(output.headers['x-name']).toBe('Größe');
  });

  it('loses no digits: integers that a double cannot hold are texts, and numbers that none can hold fail', async () => {
    const server = await serverThat(({ url }, response) => {
      response
        .writeHead(200, JSON_TYPE)
        .end(url === '/ids' ? '{"ids": [12345678901234567890, 9007199254740993, 42, 1.5]}' : '{"a": {"b": 1e400}}');
    });
    expect((await outputOf(action, { url: `${server.origin}/ids` })).body).toEqual({
      ids: ['12345678901234567890', '9007199254740993', 42, 1.5],
    });
    expect(await failureOf(action, { url: `${server.origin}/huge` })).toMatchObject({
      code: 'http.number_range',
      isRetryable: false,
      message: expect.stringContaining('/a/b') as string,
    });
  });

  it.each([429, 503])('says with %d when to come again', async (status) => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const server = await serverThat(({ url }, response) => {
      const after = { '/seconds': '90', '/date': date, '/odd': 'soon' }[url!]!;
      response.writeHead(status, { 'retry-after': after }).end();
    });
    const retryAfterMsOf = async (path: string): Promise<number | undefined> =>
      (await failureOf(action, { url: server.origin + path })).retryAfterMs;
    expect(await retryAfterMsOf('/seconds')).toBe(90_000);
    const untilDate = (await retryAfterMsOf('/date'))!;
    expect(untilDate).toBeGreaterThan(0);
    expect(untilDate).toBeLessThanOrEqual(60_000);
    expect(await retryAfterMsOf('/odd')).toBeUndefined();
  });

  it('comes without the body that GET cannot have: validation names it, and a run says so', async () => {
    for (const method of [undefined, 'GET', 'head']) {
      const config = { url: 'https://api.example', body: '{{ input.x }}', ...(method && { method }) };
      expect(action.validate(config)).toMatchObject([{ pointer: '/body', code: 'body_not_allowed' }]);
    }
    expect(action.validate({ url: 'https://api.example', method: 'POST', body: 'x' })).toEqual([]);
    const server = await serverThat((_request, response) => void response.writeHead(200).end());
    const said: string[] = [];
    const context = { ...contextWith(), log: (message: string) => void said.push(message) };
    await action.run({ url: server.origin, body: 'x' }, null, context);
    expect(said[0]).toBe('GET requests have no body: the configured body was not sent.');
    expect(server.requests[0]!.body).toBe('');
  });
});
