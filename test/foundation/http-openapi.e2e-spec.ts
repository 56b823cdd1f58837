import { existsSync } from 'node:fs';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProperty, type OpenAPIObject } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { chromium } from 'playwright-core';
import { Allow, Public } from '../../src/common/identity/auth.decorators.js';
import { IfMatch } from '../../src/common/contracts/etag.js';
import { IdParam } from '../../src/common/contracts/id-param.js';
import { ApiPage } from '../../src/common/http/openapi/api-page.js';
import { ApiProblems } from '../../src/common/http/openapi/api-problems.js';
import { PageQuery } from '../../src/common/contracts/page.js';
import { createFoundationApp, type FoundationApp } from '../support/foundation-app.js';

const CHROMIUM = '/usr/bin/chromium';

class LabelDto {
  @ApiProperty({ example: 'urgent' })
  @IsString()
  name!: string;
}

@Controller('labels')
class LabelsController {
  @Get()
  @Allow('label:read')
  @ApiPage(LabelDto)
  list(@Query() _query: PageQuery): void {
    return;
  }

  @Post()
  @Allow('label:create')
  @ApiCreatedResponse({ type: LabelDto })
  create(@Body() label: LabelDto): LabelDto {
    return label;
  }

  @Patch(':id')
  @Allow('label:update')
  @ApiOkResponse({ type: LabelDto })
  @ApiProblems(409)
  update(@IdParam() _id: string, @Body() label: LabelDto, @IfMatch() _ifMatch?: string): LabelDto {
    return label;
  }

  @Delete(':id')
  @Allow('label:delete')
  @HttpCode(204)
  remove(@IdParam() _id: string): void {
    return;
  }

  @Get('public')
  @Public()
  open(): void {
    return;
  }
}

describe('The description of the API', () => {
  let foundation: FoundationApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    foundation = await createFoundationApp([LabelsController]);
    document = (await foundation.http.get('/api/openapi.json')).body as OpenAPIObject;
  });
  afterAll(() => foundation.close());

  it('is OpenAPI 3.1, with both ways to authenticate', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });

  it('tells the problems that a route has by its form, and those it declares', () => {
    const statuses = (path: string, method: 'get' | 'post' | 'patch' | 'delete'): string[] =>
      Object.keys(document.paths[path]?.[method]?.responses ?? {}).sort();
    const everywhere = ['400', '403', '404', '429', '503'];
    const sorted = (...more: string[]): string[] => [...everywhere, ...more].sort();
    expect(statuses('/api/v1/labels', 'get')).toEqual(sorted('200', '304', '401'));
    expect(statuses('/api/v1/labels', 'post')).toEqual(sorted('201', '401', '409', '413', '415', '422'));
    expect(statuses('/api/v1/labels/{id}', 'patch')).toEqual(sorted('200', '401', '409', '412', '413', '415'));
    expect(statuses('/api/v1/labels/{id}', 'delete')).toEqual(sorted('204', '401', '413', '415'));
    expect(statuses('/api/v1/labels/public', 'get')).toEqual(sorted('200', '304'));
  });

  it('gives problems their schema and media type', () => {
    expect(document.paths['/api/v1/labels']?.post?.responses['409']).toEqual({
      $ref: '#/components/responses/Problem409',
    });
    expect(document.components?.responses?.['Problem409']).toMatchObject({
      description: 'Conflict',
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/ProblemSchema' },
          example: { status: 409, title: 'Conflict' },
        },
      },
    });
    expect(document.components?.schemas).toHaveProperty('ProblemSchema');
  });

  it('tells who may call', () => {
    expect(document.paths['/api/v1/labels']?.get).toMatchObject({
      operationId: 'listLabels',
      summary: 'List labels',
      description: 'Requires the permission `label:read`.',
      security: [{ bearer: [] }, { apiKey: [] }],
      'x-permission': 'label:read',
    });
    expect(document.paths['/api/v1/labels/public']?.get).toMatchObject({
      description: 'This route is public: it requires no credential.',
      security: [],
    });
  });

  it('tells headers, ids and pages', () => {
    const parameters = (path: string, method: 'get' | 'post' | 'patch'): unknown =>
      document.paths[path]?.[method]?.parameters;
    expect(parameters('/api/v1/labels', 'post')).toMatchObject([{ name: 'Idempotency-Key', in: 'header' }]);
    expect(parameters('/api/v1/labels/{id}', 'patch')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'If-Match', in: 'header', required: false }),
        expect.objectContaining({ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }),
      ]),
    );
    expect(document.paths['/api/v1/labels']?.get?.responses['200']).toMatchObject({
      content: { 'application/json': { schema: { properties: { data: { type: 'array' } } } } },
    });
  });

  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"#\/components\/(schemas|responses)\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, kind, name] of references) {
      expect(document.components?.[kind as 'schemas' | 'responses']).toHaveProperty(name as string);
    }
  });
});

/** The page loads scripts and styles under its content security policy: only a browser can tell whether it works. */
(existsSync(CHROMIUM) ? describe : describe.skip)('The reference page', () => {
  let foundation: FoundationApp;
  beforeAll(async () => {
    foundation = await createFoundationApp([LabelsController]);
  });
  afterAll(() => foundation.close());

  it('shows the routes in a browser that reaches no other host, without a complaint', async () => {
    const address = foundation.app.getHttpServer().address() as { port: number };
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      const elsewhere: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (failed) => complaints.push(failed.url()));
      page.on('request', (sent) => {
        const url = new URL(sent.url());
        if (url.protocol !== 'data:' && url.port !== String(address.port)) elsewhere.push(url.href);
      });
      await page.goto(`http://127.0.0.1:${address.port}/api/docs`);
      await page.getByText('Authorize').first().waitFor();
      await page.locator('.opblock-tag').first().click();
      await page.locator('#operations-Labels-updateLabel .opblock-summary').click();
      await page.getByText('If-Match').first().waitFor();
      expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
      if (process.env['REFERENCE_SHOT']) await page.screenshot({ path: process.env['REFERENCE_SHOT'], fullPage: true });
    } finally {
      await browser.close();
    }
  }, 60_000);
});
