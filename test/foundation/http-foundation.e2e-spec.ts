import { Controller, Get, HttpCode, Injectable, Patch, Body, Post, Req, Sse, VERSION_NEUTRAL } from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import type { Request } from 'express';
import { of, type Observable } from 'rxjs';
import { NotFoundError } from '../../src/common/errors/app-error.js';
import {
  assertIfMatch,
  ETagged,
  etagOf,
  IfMatch,
  type Versioned,
  type VersionSource,
} from '../../src/common/contracts/etag.js';
import { IdParam } from '../../src/common/contracts/id-param.js';
import { RequestContext } from '../../src/common/http/request-context.js';
import type { PathHintedRequest } from '../../src/common/http/tenant-path.middleware.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';

const ID = '0190a6c0-0000-7000-8000-000000000001';
const MISSING = '0190a6c0-0000-7000-8000-000000000002';

class NoteDto {
  @IsString()
  @MaxLength(10)
  text!: string;
}

interface Note extends Versioned {
  text: string;
}

@Injectable()
class NotesService implements VersionSource {
  private note: Note = { id: ID, version: 1, text: 'first' };

  get(id: string): Note {
    if (id !== ID) throw new NotFoundError('note');
    return this.note;
  }

  update(id: string, { text }: NoteDto, ifMatch?: string): Note {
    const note = this.get(id);
    assertIfMatch(ifMatch, note);
    this.note = { ...note, text, version: note.version + 1 };
    return this.note;
  }

  currentVersion({ id }: Record<string, string>): Promise<Versioned> {
    return Promise.resolve(this.get(id ?? ''));
  }
}

@Controller('notes')
class NotesController {
  constructor(
    private readonly notes: NotesService,
    private readonly context: RequestContext,
  ) {}

  @Get('echo')
  echo(@Req() request: Request & PathHintedRequest): object {
    const { requestId, ipAddress, userAgent } = this.context;
    return { hint: request.tenantPathHint, url: request.url, requestId, ipAddress, userAgent };
  }

  @Get('numbers')
  numbers(): object {
    return {
      small: 42n,
      safe: BigInt(Number.MAX_SAFE_INTEGER),
      large: 9223372036854775807n,
      negative: -9007199254740993n,
    };
  }

  @Get('long')
  long(): object {
    return { text: 'x'.repeat(10_000) };
  }

  @Sse('events')
  events(): Observable<{ data: string }> {
    return of({ data: 'x'.repeat(10_000) });
  }

  @Post('quiet')
  @HttpCode(204)
  quiet(): void {
    return;
  }

  @Get(':id')
  @ETagged()
  get(@IdParam() id: string): Note {
    return this.notes.get(id);
  }

  @Patch(':id')
  @ETagged(NotesService)
  update(@IdParam() id: string, @Body() note: NoteDto, @IfMatch() ifMatch?: string): Note {
    return this.notes.update(id, note, ifMatch);
  }
}

@Controller({ path: 'livez', version: VERSION_NEUTRAL })
class LiveController {
  @Get()
  live(): string {
    return 'ok';
  }
}

describe('What every route has', () => {
  let foundation: FoundationApp;
  let http: FoundationApp['http'];

  beforeAll(async () => {
    foundation = await createFoundationApp([NotesController, LiveController], {
      config: {
        CORS_ORIGINS: ['https://app.example.com'],
        CORS_ALLOWED_HEADERS: ['X-Shop'],
        TRUST_PROXY: '1',
        LOG_LEVEL: 'info',
      },
      providers: [NotesService],
    });
    http = foundation.http;
  });
  afterAll(() => foundation.close());

  describe('request ids', () => {
    it('keeps a sane one, tells it to the handler and returns it', async () => {
      const response = await http.get('/api/v1/notes/echo').set('X-Request-Id', 'web-1:2.3/4');
      expect(response.headers['x-request-id']).toBe('web-1:2.3/4');
      expect(response.body.requestId).toBe('web-1:2.3/4');
    });

    it.each(['a b', 'x'.repeat(129), '"quoted"', '{json}'])('replaces %s', async (sent) => {
      const response = await http.get('/api/v1/notes/echo').set('X-Request-Id', sent);
      expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('is returned where nothing is found and outside the API, too', async () => {
      for (const path of ['/api/v1/nothing', '/nothing', '/livez', '/api/docs']) {
        expect((await http.get(path)).headers['x-request-id']).toBeDefined();
      }
    });

    it('stays with its own request when many run at once', async () => {
      const ids = Array.from({ length: 50 }, (_, index) => `many-${index}`);
      const seen = await Promise.all(
        ids.map(async (id) => (await http.get('/api/v1/notes/echo').set('X-Request-Id', id)).body.requestId as string),
      );
      expect(seen).toEqual(ids);
    });
  });

  describe('the tenant in the path', () => {
    it.each([
      ['/api/v1/t/acme-corp/notes/echo', 'acme-corp', '/api/v1/notes/echo'],
      ['/api/v1/t/acme.example.com/notes/echo?a=1', 'acme.example.com', '/api/v1/notes/echo?a=1'],
      ['/API/V1/t/Acme%2Dcorp/notes/echo', 'Acme-corp', '/API/V1/notes/echo'],
      ['/api/v1/t/%E0%A4%A/notes/echo', '%E0%A4%A', '/api/v1/notes/echo'],
    ])('%s reaches the plain route', async (path, hint, url) => {
      const response = await http.get(path);
      expect(response.body).toMatchObject({ hint, url });
    });

    it('is not there on plain paths', async () => {
      expect((await http.get('/api/v1/notes/echo')).body).not.toHaveProperty('hint');
    });

    it.each([
      '/api/v1/t',
      '/api/v1/t/acme',
      '/api/v1/t//notes/echo',
      '/api/v1/t/a/t/b/notes/echo',
      '/t/acme/notes/echo',
    ])('finds nothing at %s', async (path) => {
      const response = await http.get(path);
      expect(response.body).toMatchObject({ code: 'route.not_found', instance: path });
    });
  });

  describe('entity tags', () => {
    const patch = (body: object, ifMatch?: string, id = ID): ReturnType<typeof http.patch> => {
      const sent = http.patch(`/api/v1/notes/${id}`).send(body);
      return ifMatch === undefined ? sent : sent.set('If-Match', ifMatch);
    };
    const currentTag = async (): Promise<string> => (await http.get(`/api/v1/notes/${ID}`)).headers['etag'] as string;

    it('are strong, and let the caller keep an answer as long as it asks again', async () => {
      const response = await http.get(`/api/v1/notes/${ID}`);
      expect(response.headers['etag']).toBe(etagOf(response.body as Versioned));
      expect(response.headers['cache-control']).toBe('private, no-cache');
    });

    it('spare the body of what the caller has', async () => {
      const response = await http.get(`/api/v1/notes/${ID}`).set('If-None-Match', `"other", ${await currentTag()}`);
      expect(response.status).toBe(304);
      expect(response.text).toBe('');
    });

    it('do not spare the body of what has changed', async () => {
      const response = await http.get(`/api/v1/notes/${ID}`).set('If-None-Match', '"other"');
      expect(response.status).toBe(200);
    });

    it('let a change pass that was based on the current version, and return the next tag', async () => {
      const tag = await currentTag();
      const response = await patch({ text: 'second' }, tag);
      expect(response.status).toBe(200);
      expect(response.headers['etag']).toBe(await currentTag());
      expect(response.headers['etag']).not.toBe(tag);
    });

    it.each(['"old"', 'garbage', '', 'W/"weak"'])('refuse a change based on %s', async (ifMatch) => {
      const response = await patch({ text: 'x' }, ifMatch);
      expect(response.status).toBe(412);
      expect(response.body.code).toBe('resource.stale');
      expect(response.headers['etag']).toBe(await currentTag());
    });

    it('refuse the current tag when it is marked weak', async () => {
      expect((await patch({ text: 'x' }, `W/${await currentTag()}`)).status).toBe(412);
    });

    it('take a star for whatever there is, and a list that holds the current one', async () => {
      expect((await patch({ text: 'x' }, '*')).status).toBe(200);
      expect((await patch({ text: 'y' }, `"old", ${await currentTag()}`)).status).toBe(200);
    });

    it('are compared before the body is judged', async () => {
      const stale = await patch({ text: 'far too long for it', more: 1 }, '"old"');
      expect(stale.status).toBe(412);
      const current = await patch({ text: 'far too long for it' }, await currentTag());
      expect(current.status).toBe(400);
      expect((await patch({ more: 1 })).status).toBe(400);
    });

    it('do not hide that nothing is there', async () => {
      expect((await patch({ text: 'x' }, '"old"', MISSING)).status).toBe(404);
      expect((await patch({ more: 1 }, '"old"', MISSING)).status).toBe(404);
      expect((await patch({ more: 1 }, '"old"', 'no-uuid')).status).toBe(400);
    });
  });

  describe('headers', () => {
    it('forbid caches to keep tenant data, and tell answers apart by who asked', async () => {
      const { headers } = await http.get('/api/v1/notes/numbers');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['vary']).toMatch(/Authorization.*X-API-Key/);
      expect(headers['etag']).toBeUndefined();
    });

    it('close everything that a browser could do with an answer', async () => {
      const { headers } = await http.get('/api/v1/notes/numbers');
      expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['strict-transport-security']).toBeDefined();
      expect(headers['x-powered-by']).toBeUndefined();
    });

    it('let pages of listed origins read answers, problems too, with the headers they need', async () => {
      for (const path of ['/api/v1/notes/numbers', '/api/v1/nothing']) {
        const { headers } = await http.get(path).set('Origin', 'https://app.example.com');
        expect(headers['access-control-allow-origin']).toBe('https://app.example.com');
        expect(headers['access-control-expose-headers']).toMatch(
          /ETag.*Idempotency-Replayed.*Location.*RateLimit.*Retry-After.*X-Request-Id/,
        );
        expect(headers['access-control-allow-credentials']).toBeUndefined();
      }
    });

    it('let no page of another origin read anything', async () => {
      const { headers } = await http.get('/api/v1/notes/numbers').set('Origin', 'https://evil.example.com');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    });

    it('answer preflights without asking for a credential', async () => {
      const response = await http.options('/api/v1/notes/x').set({
        Origin: 'https://app.example.com',
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization,if-match',
      });
      expect(response.status).toBe(204);
      expect(response.headers['access-control-allow-methods']).toContain('PATCH');
      expect(response.headers['access-control-allow-headers']).toMatch(
        /Authorization.*If-Match.*X-Tenant-Slug,traceparent,tracestate,baggage,sentry-trace,X-Shop$/,
      );
    });
  });

  it('writes 64-bit integers as numbers when they are safe, else as strings', async () => {
    const { text } = await http.get('/api/v1/notes/numbers');
    expect(text).toBe(
      '{"small":42,"safe":9007199254740991,"large":"9223372036854775807","negative":"-9007199254740993"}',
    );
  });

  it('compresses what is long, but no event stream', async () => {
    const long = await http.get('/api/v1/notes/long').set('Accept-Encoding', 'gzip');
    expect(long.headers['content-encoding']).toBe('gzip');
    const events = await http.get('/api/v1/notes/events').set('Accept-Encoding', 'gzip');
    expect(events.headers['content-type']).toContain('text/event-stream');
    expect(events.headers['content-encoding']).toBeUndefined();
  });

  it('believes one proxy about the address of the client', async () => {
    const response = await http.get('/api/v1/notes/echo').set('X-Forwarded-For', '198.51.100.7, 203.0.113.9');
    expect(response.body.ipAddress).toBe('203.0.113.9');
  });

  it('serves probes at the root only', async () => {
    expect((await http.get('/livez')).text).toBe('ok');
    expect((await http.get('/api/v1/livez')).status).toBe(404);
    expect((await http.get('/v1/livez')).status).toBe(404);
    const wrong = await http.post('/livez');
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  describe('logs', () => {
    /** A line is written when its answer has left, which its client may notice first. */
    const linesOf = async (requestId: string): Promise<Array<Record<string, unknown>>> => {
      const lines = (): Array<Record<string, unknown>> =>
        foundation.log.filter((line) => line['requestId'] === requestId);
      while (lines().length === 0) await new Promise(setImmediate);
      return lines();
    };

    it('have one line per request, with its route and without its query', async () => {
      await http.get(`/api/v1/notes/${ID}?ticket=hunter2`).set('X-Request-Id', 'logged-1');
      expect(await linesOf('logged-1')).toEqual([
        expect.objectContaining({
          level: 'info',
          msg: 'request',
          method: 'GET',
          path: `/api/v1/notes/${ID}`,
          route: '/api/v1/notes/:id',
          status: 200,
          durationMs: expect.any(Number) as number,
        }),
      ]);
      expect(JSON.stringify(foundation.log)).not.toContain('hunter2');
    });

    it('name the code of a problem', async () => {
      await http.get(`/api/v1/notes/${MISSING}`).set('X-Request-Id', 'logged-2');
      expect(await linesOf('logged-2')).toMatchObject([{ status: 404, code: 'note.not_found' }]);
    });

    it('leave probes out', async () => {
      await http.get('/livez').set('X-Request-Id', 'probe');
      await http.get('/api/v1/notes/numbers').set('X-Request-Id', 'after-the-probe');
      await linesOf('after-the-probe');
      expect(foundation.log.filter((line) => line['requestId'] === 'probe')).toEqual([]);
    });
  });
});

describe('A process without trusted proxies and foreign origins', () => {
  let foundation: FoundationApp;
  beforeAll(async () => {
    foundation = await createFoundationApp([NotesController], { providers: [NotesService] });
  });
  afterAll(() => foundation.close());

  it('believes nobody about the address of the client', async () => {
    const response = await foundation.http.get('/api/v1/notes/echo').set('X-Forwarded-For', '198.51.100.7');
    expect(response.body.ipAddress).toMatch(/127\.0\.0\.1$/);
  });

  it('lets no page of another origin read anything', async () => {
    const { headers } = await foundation.http.get('/api/v1/notes/numbers').set('Origin', 'https://app.example.com');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('A worker over HTTP', () => {
  let foundation: FoundationApp;
  beforeAll(async () => {
    foundation = await createFoundationApp([NotesController, LiveController], {
      config: { APP_ROLE: 'worker' },
      providers: [NotesService],
    });
  });
  afterAll(() => foundation.close());

  it('serves probes and nothing else', async () => {
    expect((await foundation.http.get('/livez')).status).toBe(200);
    for (const path of ['/api/v1/notes/numbers', '/api/docs', '/api/openapi.json']) {
      expect((await foundation.http.get(path)).body.code).toBe('route.not_found');
      expect((await foundation.http.delete(path)).body.code).toBe('route.not_found');
    }
  });
});
