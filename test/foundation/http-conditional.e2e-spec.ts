import { Controller, Get } from '@nestjs/common';
import type supertest from 'supertest';
import { ETagged, etagOf, type Versioned } from '../../src/common/contracts/etag.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';

const NOTE: Versioned = { id: '0190a6c0-0000-7000-8000-000000000001', version: 3 };

@Controller('notes')
class NotesController {
  @Get('untagged')
  untagged(): object {
    return {};
  }

  @Get('tagged')
  @ETagged()
  tagged(): Versioned {
    return NOTE;
  }
}

describe('Conditional requests', () => {
  let foundation: FoundationApp;
  beforeAll(async () => {
    foundation = await createFoundationApp([NotesController]);
  });
  afterAll(() => foundation.close());

  const ask = (method: 'get' | 'head', path: string, ifNoneMatch: string): supertest.Test =>
    foundation.http[method](`/api/v1/notes/${path}`).set({
      'If-None-Match': ifNoneMatch,
      // What browsers add where a page sets If-None-Match itself.
      'Cache-Control': 'no-cache',
      Pragma: 'no-cache',
      'If-Modified-Since': new Date(0).toUTCString(),
    });

  it.each(['get', 'head'] as const)('are decided by If-None-Match alone, compared weakly: %s', async (method) => {
    const tag = etagOf(NOTE);
    for (const asked of [tag, `W/${tag}`, `"other", W/${tag}`, '*']) {
      const { status, headers } = await ask(method, 'tagged', asked);
      expect([asked, status, headers['etag']]).toEqual([asked, 304, tag]);
    }
    for (const asked of ['"other"', tag.slice(1, -1), '']) {
      expect([asked, (await ask(method, 'tagged', asked)).status]).toEqual([asked, 200]);
    }
  });

  it('are nothing to an answer without a tag', async () => {
    expect((await ask('get', 'untagged', '*')).status).toBe(200);
  });
});
