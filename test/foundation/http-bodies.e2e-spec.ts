import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Body, Controller, Delete, HttpCode, Post, Req } from '@nestjs/common';
import { Allow } from 'class-validator';
import { BodyRules } from '../../src/common/http/body-options.js';
import type { BodyRequest } from '../../src/common/http/body-request.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';
import { type Answer, HttpClient, type SentRequest } from '../support/http-client.js';

class AnythingDto {
  @Allow()
  value?: unknown;
}

@Controller('bodies')
class BodiesController {
  @Post()
  @HttpCode(200)
  take(@Body() { value }: AnythingDto): object {
    return { value };
  }

  @Delete()
  @HttpCode(204)
  remove(): void {
    return;
  }

  @Post('activate')
  @HttpCode(204)
  activate(): void {
    return;
  }

  @Post('lenient')
  @HttpCode(200)
  @BodyRules({ lenientTypes: true, largeIntegers: 'as-text', keepBytes: true })
  lenient(@Req() { body, rawBody }: BodyRequest): object {
    return { body: body as unknown, bytes: rawBody?.toString('latin1') };
  }

  @Post('small')
  @HttpCode(204)
  @BodyRules({ limit: 100 })
  small(): void {
    return;
  }
}

describe('Bodies as clients send them', () => {
  let foundation: FoundationApp;
  let client: HttpClient;
  const LIMIT = 100_000;

  beforeAll(async () => {
    foundation = await createFoundationApp([BodiesController], { config: { BODY_LIMIT_BYTES: LIMIT } });
    client = new HttpClient(foundation.app, 10);
  });
  afterAll(async () => {
    client.close();
    await foundation.close();
  });

  const send = (request: Partial<SentRequest>): Promise<Answer> =>
    client.send({ method: 'POST', path: '/api/v1/bodies', ...request });
  const post = (type: string | undefined, body: string | Buffer, path = '', headers = {}): Promise<Answer> =>
    send({
      path: `/api/v1/bodies${path}`,
      headers: { ...(type !== undefined && { 'content-type': type }), ...headers },
      body,
    });
  const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { code: string }).code;

  describe('an empty body in chunks', () => {
    it.each([
      ['DELETE', ''],
      ['POST', '/activate'],
    ])('is no body: %s %s', async (method, path) => {
      for (const type of [undefined, 'text/plain', 'application/json']) {
        const headers = { 'transfer-encoding': 'chunked', ...(type && { 'content-type': type }) };
        const { status } = await send({ method, path: `/api/v1/bodies${path}`, headers });
        expect([type, status]).toEqual([type, 204]);
      }
    });

    it('does not hide one that has no type', async () => {
      const answer = await post(undefined, 'text', '/activate', {
        'transfer-encoding': 'chunked',
      });
      expect(answer.status).toBe(415);
    });
  });

  describe('types', () => {
    it.each([
      'application/json;charset=utf8',
      'application/json; charset=us-ascii',
      'application/json; charset="utf-8"',
      "application/json; charset='utf-8'",
      'Application/JSON ; Charset=UTF-8;',
      'text/json',
      'text/json; charset=utf-8',
      'application/vnd.api+json',
    ])('%s is JSON', async (type) => {
      const { status, text } = await post(type, '{"value":"ü"}');
      expect([status, text]).toEqual([200, '{"value":"ü"}']);
    });

    it('take a byte order mark, and UTF-16 in either order', async () => {
      expect((await post('application/json', '\ufeff{"value":1}')).text).toBe('{"value":1}');
      const little = Buffer.from('{"value":"ü"}', 'utf16le');
      expect((await post('application/json; charset=utf-16', little)).text).toBe('{"value":"ü"}');
      expect((await post('application/json; charset=utf-16', Buffer.from(little).swap16())).text).toBe('{"value":"ü"}');
    });

    it.each([
      undefined,
      'text/plain',
      'application/x-www-form-urlencoded',
      'constructor',
      'application/json; charset=__proto__',
    ])('%s is none here', async (type) => {
      expect((await post(type, '{}')).status).toBe(415);
    });
  });

  describe('of senders that cannot be changed', () => {
    it.each([undefined, 'text/plain', 'text/plain; charset=UTF-8', 'text/json'])('are JSON as %s', async (type) => {
      expect(JSON.parse((await post(type, '{"a":["b"]}', '/lenient')).text)).toMatchObject({ body: { a: ['b'] } });
    });

    it('may be forms', async () => {
      const type = 'application/x-www-form-urlencoded; charset=utf-8';
      const { text } = await post(type, 'a=1&b=x+y%C3%BC&a=2&__proto__=p&constructor=c&empty', '/lenient');
      expect(text).toContain('"body":{"a":["1","2"],"b":"x yü","__proto__":"p","constructor":"c","empty":""}');
      expect((await post(type, 'a&'.repeat(1001), '/lenient')).status).toBe(400);
    });

    it('keep their bytes for whoever checks signatures, decompressed', async () => {
      const bytes = Buffer.from('{ "a" : "\xff" }', 'latin1');
      const plain = await post('application/json', bytes, '/lenient');
      expect(JSON.parse(plain.text)).toMatchObject({ bytes: '{ "a" : "\xff" }' });
      const zipped = await post('application/json', gzipSync(bytes), '/lenient', { 'content-encoding': 'gzip' });
      expect(zipped.text).toBe(plain.text);
    });

    it('must still be JSON, of a known type', async () => {
      expect(codeOf(await post('text/plain', 'hello', '/lenient'))).toBe('request.malformed_json');
      expect((await post('application/xml', '<a/>', '/lenient')).status).toBe(415);
      expect((await post('multipart/form-data; boundary=x', '--x--', '/lenient')).status).toBe(415);
    });
  });

  describe('numbers', () => {
    const problemsOf = async (body: string, path = ''): Promise<unknown> => {
      const { status, text } = await post('application/json', body, path);
      const { errors } = JSON.parse(text) as { errors: { pointer: string; code: string }[] };
      return [status, errors.map(({ pointer, code }) => `${code} ${pointer}`)];
    };

    it('that are no double are refused where they stand', async () => {
      const expected = [400, ['number_range /value/1', 'number_range /value/2/a']];
      expect(await problemsOf('{"value":[1,1e400,{"a":-1e400}]}')).toEqual(expected);
      expect(await problemsOf('{"value":[1,1e400,{"a":-1e400}]}', '/lenient')).toEqual(expected);
    });

    it('that would lose digits are refused, and are text where a refused body would be lost', async () => {
      expect(await problemsOf('{"value":9007199254740993}')).toEqual([400, ['safe_integer /value']]);
      const { text } = await post('application/json', '{"id":9007199254740993}', '/lenient');
      expect(JSON.parse(text)).toMatchObject({ body: { id: '9007199254740993' } });
    });
  });

  describe('encodings', () => {
    const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

    it.each(Object.entries(ENCODERS))('%s is taken, up to the limit of what comes out', async (encoding, encode) => {
      const headers = { 'content-encoding': encoding };
      expect((await post('application/json', encode('{"value":1}'), '', headers)).text).toBe('{"value":1}');
      const bomb = encode(JSON.stringify({ value: ' '.repeat(50 * LIMIT) }));
      expect((await post('application/json', bomb, '', headers)).status).toBe(413);
      const cut = encode('{"value":1}').subarray(0, -3);
      expect((await post('application/json', cut, '', headers)).status).toBe(400);
    });

    it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'gzip, gzip', 'nonsense'])(
      '%s is none',
      async (encoding) => {
        expect((await post('application/json', '{}', '', { 'content-encoding': encoding })).status).toBe(415);
      },
    );

    it('end a stream of compressed nothing', async () => {
      const nothing = Buffer.concat(Array<Buffer>(10_000).fill(gzipSync('')));
      expect(nothing.length).toBeGreaterThan(LIMIT);
      const headers = { 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' };
      expect((await post('application/json', nothing, '', headers)).status).toBe(413);
    });
  });

  it('keep to the limit of their route, with and without a length', async () => {
    const body = JSON.stringify({ value: 'x'.repeat(100) });
    expect((await post('application/json', body, '/small')).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await post('application/json', body, '/small', chunked)).status).toBe(413);
    expect((await post('application/json', '{}', '/small')).status).toBe(204);
  });
});
