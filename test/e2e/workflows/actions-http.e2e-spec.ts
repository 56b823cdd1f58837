import { gzipSync } from 'node:zlib';
import { HostResolver } from '../../../src/modules/workflows/actions/http/host-resolver.js';
import { actionFor, contextWith, failureOf, outputOf, ScriptedResolver } from '../../support/http-action.js';
import { type AnsweringServer, createAnsweringServer } from '../../support/answering-server.js';

const LOOPBACK = ['127.0.0.0/8'];
const servers: AnsweringServer[] = [];
async function serverThat(...args: Parameters<typeof createAnsweringServer>): Promise<AnsweringServer> {
  const server = await createAnsweringServer(...args);
  servers.push(server);
  return server;
}
afterAll(() => Promise.all(servers.map((server) => server.close())));

describe('http.request', () => {
  it('sends what it was told, and the key that stays the same over retries', async () => {
    const server = await serverThat((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json; charset=utf-8' }).end('{"id": 7}');
    });
    const output = await outputOf(actionFor(LOOPBACK), {
      action: 'http.request',
      method: 'post',
      url: `${server.origin}/things?a=1`,
      query: { q: 'x&y=z', list: [1, 2], none: null },
      headers: { 'X-Thing': 'one' },
      body: { name: 'Ada' },
    });
    expect(output).toMatchObject({ status: 201, body: { id: 7 } });
    expect(server.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/things?a=1&q=x%26y%3Dz&list=1&list=2',
        body: '{"name":"Ada"}',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'x-thing': 'one',
          'idempotency-key': 'r:n',
          host: `127.0.0.1:${server.port}`,
        }) as unknown,
      }),
    ]);
  });

  it('reads answers by their type', async () => {
    const server = await serverThat(({ url }, response) => {
      if (url === '/gzip') {
        response.writeHead(200, { 'content-type': 'application/problem+json', 'content-encoding': 'gzip' });
        response.end(gzipSync('{"a":1}'));
      } else if (url === '/latin') {
        response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0x67, 0xfc, 0]));
      } else if (url === '/liar') {
        response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
      } else response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    });
    const action = actionFor(LOOPBACK);
    const bodyOf = async (path: string, more = {}): Promise<unknown> =>
      (await outputOf(action, { url: server.origin + path, ...more })).body;
    expect(await bodyOf('/gzip')).toEqual({ a: 1 });
    expect(await bodyOf('/gzip', { responseType: 'text' })).toBe('{"a":1}');
    expect(await bodyOf('/gzip', { method: 'HEAD' })).toBeNull();
    expect(await bodyOf('/latin')).toBe('gü\uFFFD');
    expect(await bodyOf('/liar')).toBe('<html>');
    expect(await bodyOf('/empty')).toBeNull();
    expect(await failureOf(action, { url: `${server.origin}/liar`, responseType: 'json' })).toMatchObject({
      code: 'http.invalid_json',
      isRetryable: false,
    });
  });

  it.each([
    [404, false],
    [429, true],
    [500, true],
    [304, false],
  ])('takes status %d for a failure unless it is accepted', async (status, isRetryable) => {
    const server = await serverThat(
      (_request, response) => void response.writeHead(status).end(status === 304 ? '' : 'sorry'),
    );
    const action = actionFor(LOOPBACK);
    expect(await failureOf(action, { url: server.origin })).toMatchObject({ code: 'http.status', isRetryable });
    expect(await outputOf(action, { url: server.origin, acceptStatus: [status] })).toMatchObject({ status });
  });

  describe('never reaches inside', () => {
    it.each([
      'http://127.0.0.1:PORT/',
      'http://localhost:PORT/',
      'http://127.1:PORT/',
      'http://2130706433:PORT/',
      'http://0x7f000001:PORT/',
      'http://0177.0.0.1:PORT/',
      'http://0.0.0.0:PORT/',
      'http://[::1]:PORT/',
      'http://[::]:PORT/',
      'http://[::ffff:127.0.0.1]:PORT/',
      'http://[64:ff9b::7f00:1]:PORT/',
      'http://inside.test:PORT/',
      'http://both.test:PORT/',
      'http://169.254.169.254/latest/meta-data/',
    ])('at %s', async (url) => {
      const server = await serverThat((_request, response) => void response.end('inside'));
      const resolver = new ScriptedResolver({
        localhost: [['127.0.0.1']],
        'inside.test': [['10.0.0.1']],
        'both.test': [['93.184.216.34', '127.0.0.1']],
      });
      const failure = await failureOf(actionFor([], resolver), { url: url.replace('PORT', String(server.port)) });
      expect(failure).toMatchObject({ code: 'http.address_refused', isRetryable: false });
      expect(failure.message).not.toMatch(/10\.0\.0\.1/);
      expect(server.requests).toEqual([]);
    });

    it('by a name that answers differently the second time', async () => {
      const outside = await serverThat((_request, response) => void response.end('outside'), '127.0.0.2');
      const resolver = new ScriptedResolver({ 'rebind.test': [['127.0.0.2'], ['127.0.0.1']] });
      const action = actionFor(['127.0.0.2/32'], resolver);
      const url = `http://rebind.test:${outside.port}/`;
      expect(await outputOf(action, { url })).toMatchObject({ status: 200, body: 'outside' });
      expect(resolver.asked).toEqual(['rebind.test']);
      expect(await failureOf(action, { url })).toMatchObject({ code: 'http.address_refused' });
      expect(outside.requests).toHaveLength(1);
    });

    it('by a redirect', async () => {
      const inside = await serverThat((_request, response) => void response.end('inside'));
      const outside = await serverThat(({ url }, response) => {
        const target = {
          '/direct': inside.origin,
          '/name': `http://inside.test:${inside.port}`,
          '/file': 'file:///etc/passwd',
        }[url ?? ''];
        response.writeHead(302, { location: target ?? `http://[::ffff:127.0.0.1]:${inside.port}/` }).end();
      }, '127.0.0.2');
      const action = actionFor(['127.0.0.2'], new ScriptedResolver({ 'inside.test': [['127.0.0.1']] }));
      for (const path of ['/direct', '/name', '/mapped']) {
        expect(await failureOf(action, { url: outside.origin + path })).toMatchObject({ code: 'http.address_refused' });
      }
      expect(await failureOf(action, { url: `${outside.origin}/file` })).toMatchObject({ code: 'http.url' });
      expect(inside.requests).toEqual([]);
    });

    it('but where the operator allows it, at that port', async () => {
      const server = await serverThat((_request, response) => void response.end('inside'));
      const resolver = (): HostResolver => new ScriptedResolver({ 'inside.test': [['127.0.0.1']] });
      const url = `http://inside.test:${server.port}/`;
      expect(await outputOf(actionFor([`inside.test:${server.port}`], resolver()), { url })).toMatchObject({
        body: 'inside',
      });
      expect(await failureOf(actionFor(['inside.test:1'], resolver()), { url })).toMatchObject({
        code: 'http.address_refused',
      });
    });
  });

  describe('follows redirects', () => {
    it('with its credentials on the same origin, and without them to another', async () => {
      const other = await serverThat((_request, response) => void response.end('there'), '127.0.0.2');
      const server = await serverThat(({ url }, response) => {
        if (url === '/start') response.writeHead(307, { location: '/same' }).end();
        else response.writeHead(307, { location: `http://user:pass@127.0.0.2:${other.port}/end` }).end();
      });
      const output = await outputOf(actionFor(LOOPBACK), {
        method: 'POST',
        url: `${server.origin}/start`,
        headers: { authorization: 'Bearer secret', 'x-api-key': 'secret', cookie: 'a=secret', accept: 'text/plain' },
        body: 'text',
      });
      expect(output).toMatchObject({ body: 'there', url: `${other.origin}/end` });
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret']);
      expect(other.requests).toHaveLength(1);
      expect(other.requests[0]).toMatchObject({ method: 'POST', body: 'text', headers: { accept: 'text/plain' } });
      expect(JSON.stringify(other.requests)).not.toMatch(/secret|dXNlcjpwYXNz/);
    });

    it('as GET after a POST that was answered 303, five times at most, and not at all when told so', async () => {
      const server = await serverThat(({ url = '' }, response) => {
        if (url === '/made') response.end('made');
        else response.writeHead(303, { location: url === '/make' ? '/made' : `${url}x` }).end();
      });
      const action = actionFor(LOOPBACK);
      expect(await outputOf(action, { method: 'POST', url: `${server.origin}/make`, body: 'b' })).toMatchObject({
        body: 'made',
      });
      expect(server.requests[1]).toMatchObject({ method: 'GET', url: '/made', body: '' });
      server.requests.length = 0;
      expect(await failureOf(action, { url: `${server.origin}/loop` })).toMatchObject({
        code: 'http.too_many_redirects',
      });
      expect(server.requests).toHaveLength(6);
      const still = { url: `${server.origin}/loop`, followRedirects: false, acceptStatus: [303] };
      expect(await outputOf(action, still)).toMatchObject({ status: 303 });
    });
  });

  describe('is not held up', () => {
    it('by a server that drips, or says nothing', async () => {
      const server = await serverThat(({ url }, response) => {
        if (url === '/silent') return;
        response.writeHead(200, { 'content-type': 'text/plain' });
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      });
      // What has begun to answer has got the request: it is not sent again.
      for (const [path, isRetryable] of [
        ['/drip', false],
        ['/silent', true],
      ] as const) {
        expect(await failureOf(actionFor(LOOPBACK), { url: server.origin + path, timeoutMs: 300 })).toMatchObject({
          code: 'http.timeout',
          isRetryable,
        });
      }
    });

    it('by a name server that never answers', async () => {
      class Silent extends HostResolver {
        override resolvePublic(): Promise<string[]> {
          return new Promise(() => undefined);
        }
      }
      expect(await failureOf(actionFor([], new Silent()), { url: 'http://slow.test/', timeoutMs: 200 })).toMatchObject({
        code: 'http.timeout',
      });
    });

    it('by an endless body, a bomb, or compressed nothing', async () => {
      const server = await serverThat(({ url }, response) => {
        if (url === '/bomb') {
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
          return;
        }
        // Empty members of gzip: the decompressor eats them and gives nothing.
        const chunk =
          url === '/nothing'
            ? Buffer.concat(Array.from({ length: 2000 }, () => gzipSync('')))
            : Buffer.alloc(65_536, 'x');
        if (url === '/nothing') response.setHeader('content-encoding', 'gzip');
        const pour = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', pour);
        pour();
      });
      const action = actionFor(LOOPBACK);
      for (const path of ['/endless', '/bomb', '/nothing']) {
        expect(await failureOf(action, { url: server.origin + path, maxBytes: 100_000 })).toMatchObject({
          code: 'http.response_too_large',
          isRetryable: false,
        });
      }
    });

    it('when its run is cancelled', async () => {
      const controller = new AbortController();
      const server = await serverThat(() => controller.abort(new Error('The run was cancelled.')));
      await expect(
        actionFor(LOOPBACK).run({ url: server.origin }, null, contextWith(controller.signal)),
      ).rejects.toThrow('The run was cancelled.');
    });

    it('by a server that turns to another protocol', async () => {
      const server = await serverThat(({ socket }) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
      });
      expect(await failureOf(actionFor(LOOPBACK), { url: server.origin })).toMatchObject({ code: 'http.failed' });
    });

    it('by headers without end', async () => {
      const server = await serverThat(
        (_request, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end(),
      );
      expect(await failureOf(actionFor(LOOPBACK), { url: server.origin })).toMatchObject({ code: 'http.failed' });
    });
  });

  it('says what is wrong with its configuration before it runs, and again with its values when it does', async () => {
    const action = actionFor([]);
    expect(
      action.validate({
        action: 'http.request',
        url: 'https://api.example/{{ input.id }}',
        timeoutMs: '{{ input.t }}',
      }),
    ).toEqual([]);
    expect(action.validate({ action: 'http.request', url: '{{ input.url }}', headers: '{{ input.headers }}' })).toEqual(
      [],
    );
    const problems = action.validate({
      url: 'ftp://x',
      method: 'TRACE',
      headers: { host: 'x' },
      timeoutMs: 50_000,
      maxBytes: 2_000_000,
      acceptStatus: [1],
      uri: 'x',
    });
    expect(problems.map(({ pointer }) => pointer).sort()).toEqual(
      ['/acceptStatus', '/headers', '/maxBytes', '/method', '/timeoutMs', '/uri', '/url'].sort(),
    );
    for (const headers of [
      { 'a b': 'x' },
      { a: 'x\r\nb: y' },
      { a: 1 },
      { 'Transfer-Encoding': 'chunked' },
      { 'Proxy-Authorization': 'x' },
    ]) {
      expect(action.validate({ url: 'http://x.example', headers })).toHaveLength(1);
    }
    expect(action.validate({ url: 'http://user:pass@x.example' })).toHaveLength(1);
    expect(await failureOf(action, { url: 'javascript:alert(1)' })).toMatchObject({
      code: 'action.invalid_config',
      isRetryable: false,
    });
  });
});
