import { Body, Controller, Get, HttpCode, HttpException, Post, Query, Res } from '@nestjs/common';
import { ArrayMaxSize, IsEmail, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import type { Response } from 'express';
import request from 'supertest';
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitError,
  StaleVersionError,
  UnauthenticatedError,
  UnavailableError,
  UnprocessableError,
} from '../../src/common/errors/app-error.js';
import { Consumes } from '../../src/common/http/body-options.js';
import { IdParam } from '../../src/common/contracts/id-param.js';
import { PageQuery } from '../../src/common/contracts/page.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';

class AddressDto {
  @IsString()
  @MaxLength(5)
  city!: string;
}

class PersonDto {
  @IsEmail()
  email!: string;

  @IsOptional()
  @IsInt()
  age?: number;

  @IsOptional()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => AddressDto)
  addresses?: AddressDto[];
}

const ERRORS: Record<string, () => Error> = {
  invalid: () => new InvalidInputError('No.', [{ pointer: '/a', detail: 'No.', code: 'no' }]),
  unauthenticated: () => new UnauthenticatedError(),
  forbidden: () => new ForbiddenError(),
  missing: () => new NotFoundError('api_key'),
  conflict: () => new ConflictError('thing.taken', 'Taken.'),
  stale: () => new StaleVersionError('"x.2"'),
  unprocessable: () => new UnprocessableError('plan.limit_reached', 'Full.'),
  limited: () => new RateLimitError('rate_limit.exceeded', 'Too often.', 1500),
  unavailable: () => new UnavailableError(),
  teapot: () => new HttpException('secret words of a framework', 418),
  defect: () => new Error('password=hunter2 at /srv/app'),
  bare: () => Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' }),
};

@Controller('things')
class ThingsController {
  @Get('errors')
  fail(@Query('kind') kind: string): never {
    throw ERRORS[kind]?.() ?? new Error(kind);
  }

  @Get('half')
  half(@Res() response: Response): never {
    response.write('{"half":');
    throw new Error('too late');
  }

  @Post()
  create(@Body() person: PersonDto): PersonDto {
    return person;
  }

  @Post('loose')
  loose(@Body() body: { anything?: unknown }): unknown {
    return body;
  }

  @Post('lines')
  @HttpCode(200)
  @Consumes('application/x-ndjson')
  lines(): string {
    return 'ok';
  }

  @Get()
  list(@Query() query: PageQuery): PageQuery {
    return query;
  }

  @Get('by-id/:id')
  get(@IdParam() id: string): { id: string } {
    return { id };
  }

  @Get('named/:name')
  named(): string {
    return 'ok';
  }
}

describe('Errors of every route', () => {
  let foundation: FoundationApp;
  let http: FoundationApp['http'];

  beforeAll(async () => {
    foundation = await createFoundationApp([ThingsController], {
      config: { BODY_LIMIT_BYTES: 4096, LOG_LEVEL: 'info' },
    });
    http = foundation.http;
  });
  afterAll(() => foundation.close());

  const post = (body: string | object): request.Test =>
    http.post('/api/v1/things').set('Content-Type', 'application/json').send(body);

  it.each([
    ['invalid', 400, 'request.invalid'],
    ['unauthenticated', 401, 'auth.unauthenticated'],
    ['forbidden', 403, 'auth.forbidden'],
    ['missing', 404, 'api_key.not_found'],
    ['conflict', 409, 'thing.taken'],
    ['stale', 412, 'resource.stale'],
    ['unprocessable', 422, 'plan.limit_reached'],
    ['limited', 429, 'rate_limit.exceeded'],
    ['defect', 500, 'internal.error'],
    ['unavailable', 503, 'service.unavailable'],
  ])('answers %s as %i with a problem', async (kind, status, code) => {
    const response = await http.get(`/api/v1/things/errors?kind=${kind}`);
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toMatchObject({
      type: `urn:tenantry:problem:${code}`,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      instance: '/api/v1/things/errors',
      code,
      requestId: response.headers['x-request-id'],
    });
  });

  it('says in a header when to try again', async () => {
    const limited = await http.get('/api/v1/things/errors?kind=limited');
    expect(limited.headers['retry-after']).toBe('2');
    const unavailable = await http.get('/api/v1/things/errors?kind=unavailable');
    expect(unavailable.headers['retry-after']).toBe('1');
  });

  it('asks for a credential in a header, and says when the one that was sent is not valid', async () => {
    const without = await http.get('/api/v1/things/errors?kind=unauthenticated');
    expect(without.headers['www-authenticate']).toBe('Bearer realm="tenantry"');
    const withOne = await http.get('/api/v1/things/errors?kind=unauthenticated').set('Authorization', 'Bearer x');
    expect(withOne.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('names the current tag when a change was based on another one', async () => {
    const response = await http.get('/api/v1/things/errors?kind=stale');
    expect(response.headers['etag']).toBe('"x.2"');
  });

  it('tells nothing of a defect, and logs it under the request id', async () => {
    const response = await http.get('/api/v1/things/errors?kind=defect');
    expect(JSON.stringify(response.body)).not.toMatch(/hunter2|srv/);
    const line = foundation.log.find((entry) => entry['requestId'] === response.body.requestId && entry['err']);
    expect(line).toMatchObject({ level: 'error', err: { message: 'password=hunter2 at /srv/app' } });
  });

  it('does not repeat what a framework says', async () => {
    const response = await http.get('/api/v1/things/errors?kind=teapot');
    expect(response.status).toBe(418);
    expect(JSON.stringify(response.body)).not.toContain('secret words');
  });

  it('answers 503 when the database cannot be reached, without its address', async () => {
    const response = await http.get('/api/v1/things/errors?kind=bare');
    expect(response.body).toMatchObject({ status: 503, code: 'database.unavailable' });
    expect(JSON.stringify(response.body)).not.toContain('10.0.0.1');
  });

  it('breaks the connection when half an answer is out', async () => {
    await expect(http.get('/api/v1/things/half')).rejects.toThrow(/aborted|hang up/);
  });

  it.each([
    ['GET', '/api/v1/nothing'],
    ['DELETE', '/api/v1/thing'],
    ['GET', '/api/v2/things'],
    ['GET', '/api'],
    ['GET', '/'],
    ['POST', '/elsewhere?token=hunter2'],
  ])('does not find %s %s', async (method, path) => {
    const response = await http[method.toLowerCase() as 'get'](path);
    expect(response.status).toBe(404);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ code: 'route.not_found', instance: path.split('?')[0] });
    expect(JSON.stringify(response.body)).not.toContain('hunter2');
  });

  it.each([
    ['DELETE', '/api/v1/things', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/things/lines?a=1', 'POST'],
    ['GET', '/api/v1/things/lines/', 'POST'],
    ['POST', '/api/v1/things/by-id/no-uuid', 'GET, HEAD'],
    ['POST', '/api/v1/t/acme/things/errors', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/things', 'GET, HEAD, POST'],
    ['POST', '/api/docs', 'GET, HEAD'],
  ])('says which methods there are in place of %s %s', async (method, path, allow) => {
    const response = await http[method.toLowerCase() as 'get'](path);
    expect([response.status, response.headers['allow']]).toEqual([405, allow]);
    expect(response.body).toMatchObject({ status: 405, code: 'route.method_not_allowed' });
  });

  describe('bodies', () => {
    it('reports all problems at once, each with a pointer and a code', async () => {
      const response = await post({ age: 1.5, addresses: [{ city: 'Toolong' }, {}], nickname: 'x', 'a/b': 1 });
      expect(response.status).toBe(400);
      expect(response.body.code).toBe('request.invalid');
      const found = (response.body.errors as Array<{ pointer: string; code: string }>).map(({ pointer, code }) => [
        pointer,
        code,
      ]);
      expect(found.sort()).toEqual(
        [
          ['/email', 'required'],
          ['/age', 'int'],
          ['/addresses/0/city', 'max_length'],
          ['/addresses/1/city', 'required'],
          ['/nickname', 'unknown'],
          ['/a~1b', 'unknown'],
        ].sort(),
      );
    });

    it('does not convert types silently', async () => {
      const response = await post({ email: 'a@b.de', age: '7' });
      expect(response.body.errors).toMatchObject([{ pointer: '/age', code: 'int' }]);
    });

    it('accepts what fits', async () => {
      const response = await post({ email: 'a@b.de', addresses: [{ city: 'Bonn' }] });
      expect(response.status).toBe(201);
      expect(response.body).toEqual({ email: 'a@b.de', addresses: [{ city: 'Bonn' }] });
    });

    it.each(['[]', '[{"email":"a@b.de"}]'])('refuses %s where an object is expected', async (body) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(response.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer: '', code: 'object' }] });
    });

    it('requires a body where there is none', async () => {
      const response = await http.post('/api/v1/things');
      expect(response.body.errors).toMatchObject([{ pointer: '/email', code: 'required' }]);
    });

    it.each(['{', '{"email": nope}', '"text"', '{"a":1}}'])('refuses malformed JSON: %s', async (body) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(response.body.code).toBe('request.malformed_json');
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    });

    it('does not quote a malformed body', async () => {
      const response = await post('{"password": "hunter2",}');
      expect(JSON.stringify(response.body)).not.toContain('hunter2');
    });

    it.each([
      ['text/plain', 'email=a'],
      ['application/x-www-form-urlencoded', 'email=a'],
      ['application/json; charset=klingon', '{}'],
    ])('refuses the type %s', async (type, body) => {
      const response = await http.post('/api/v1/things').set('Content-Type', type).send(body);
      expect(response.status).toBe(415);
      expect(response.body.code).toBe('request.unsupported_media_type');
    });

    it('refuses an encoding it does not know', async () => {
      const response = await http
        .post('/api/v1/things')
        .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'rot13' })
        .send('{}');
      expect(response.status).toBe(415);
    });

    it('takes another type where the route says so, and only that', async () => {
      const lines = (type: string): request.Test =>
        http.post('/api/v1/things/lines').set('Content-Type', type).send('{}\n{}');
      expect((await lines('application/x-ndjson')).status).toBe(200);
      expect((await lines('application/json')).status).toBe(415);
    });

    it('refuses a body over the limit', async () => {
      const response = await post({ email: 'x'.repeat(5000) });
      expect(response.status).toBe(413);
      expect(response.body.code).toBe('request.too_large');
    });

    it('does not find an unknown route, whatever its body', async () => {
      const response = await http.post('/api/v1/nothing').set('Content-Type', 'application/json').send('{');
      expect(response.body.code).toBe('route.not_found');
    });

    it.each([
      ['a NUL character', '{"email":"a\\u0000b"}', '/email'],
      ['half of a surrogate pair', '{"email":"\\ud800"}', '/email'],
      ['a NUL character in a key', '{"addresses":[{"a\\u0000":1}]}', '/addresses/0'],
    ])('refuses %s, which the database cannot store', async (_, body, pointer) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(response.body.errors).toMatchObject([{ pointer, code: 'text' }]);
    });

    it('refuses bodies that are nested without end', async () => {
      const response = await post(`{"email":${'['.repeat(1900)}${']'.repeat(1900)}}`);
      expect(response.status).toBe(400);
      expect(response.body.errors).toMatchObject([{ code: 'max_depth' }]);
    });

    it.each([
      ['__proto__', '{"email":"a@b.de","__proto__":{"email":"a@b.de"}}', '/__proto__'],
      ['constructor', '{"email":"a@b.de","constructor":{"prototype":{}}}', '/constructor'],
      ['prototype', '{"email":"a@b.de","prototype":1}', '/prototype'],
      ['toString', '{"email":"a@b.de","toString":1}', '/toString'],
      ['hasOwnProperty', '{"email":"a@b.de","hasOwnProperty":1}', '/hasOwnProperty'],
      [
        'one of them deep inside',
        '{"email":"a@b.de","addresses":[{"city":"Bonn","__proto__":1}]}',
        '/addresses/0/__proto__',
      ],
    ])('refuses the field %s as any other that it does not know', async (_, body, pointer) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(response.body.errors).toMatchObject([{ pointer, code: 'unknown' }]);
    });

    it('fails loudly where a route has no DTO class to check the body with', async () => {
      const response = await http.post('/api/v1/things/loose').send({ a: 1 });
      expect(response.status).toBe(500);
    });
  });

  describe('queries and paths', () => {
    it.each([
      ['limit=101', '?limit', 'max'],
      ['limit=0', '?limit', 'min'],
      ['page=x', '?page', 'int'],
      ['page=1e3', '?page', 'int'],
      ['constructor=1', '?constructor', 'unknown'],
      ['__proto__=1', '?__proto__', 'unknown'],
      ['page=1&page=2', '?page', 'int'],
      ['colour=red', '?colour', 'unknown'],
      ['page=%00', '?page', 'text'],
    ])('refuses ?%s', async (query, pointer, code) => {
      const response = await http.get(`/api/v1/things?${query}`);
      expect(response.status).toBe(400);
      const problems = response.body.errors as Array<{ pointer: string; code: string }>;
      expect(problems.map((problem) => [problem.pointer, problem.code])).toContainEqual([pointer, code]);
    });

    it('has defaults for pages', async () => {
      expect((await http.get('/api/v1/things')).body).toEqual({ page: 1, limit: 20 });
    });

    it('refuses an id that is no UUID', async () => {
      const response = await http.get('/api/v1/things/by-id/42');
      expect(response.status).toBe(400);
      expect(response.body.errors).toMatchObject([{ pointer: ':id', code: 'uuid' }]);
    });

    it('takes ids in any case', async () => {
      const response = await http.get('/api/v1/things/by-id/0190A6C0-0000-7000-8000-00000000000A');
      expect(response.body).toEqual({ id: '0190a6c0-0000-7000-8000-00000000000a' });
    });

    it.each(['%E0%A4%A', '%00'])('refuses the path segment %s', async (segment) => {
      const response = await http.get(`/api/v1/things/named/${segment}`);
      expect(response.status).toBe(400);
      expect(response.body.code).toBe('request.invalid');
    });
  });
});
