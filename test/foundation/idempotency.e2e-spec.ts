import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Injectable, Module, Post, Query, Res } from '@nestjs/common';
import { IsOptional, IsString } from 'class-validator';
import type { Response } from 'express';
import { Allow, Public } from '../../src/common/identity/auth.decorators.js';
import { definePermissions } from '../../src/common/identity/permissions.js';
import { PlatformDbalService } from '../../src/common/dbal/platform-dbal.service.js';
import { ConflictError } from '../../src/common/errors/app-error.js';
import {
  IgnoresIdempotencyKey,
  OwnTransactions,
  SecretsShownOnce,
} from '../../src/common/http/idempotency/idempotency.decorators.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { type Principal, signedInPlatformAdmin, signedInUser } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

// Whole applications on a machine that may be busy with other tests.
jest.setTimeout(60_000);

definePermissions({ 'thing:create': 'member', 'thing:order': 'manager', 'platform:thing': 'platform' });

class ThingDto {
  @IsString()
  name!: string;

  @IsOptional()
  @IsString()
  mode?: string;
}

/** Lets a test decide when handlers go on. */
@Injectable()
class Gate {
  arrived = 0;
  private wait = Promise.resolve();
  private opener = (): void => {};
  private onArrival = (): void => {};

  close(): Promise<void> {
    this.arrived = 0;
    this.wait = new Promise((resolve) => (this.opener = resolve));
    return new Promise((resolve) => (this.onArrival = resolve));
  }

  open(): void {
    this.opener();
  }

  async pass(): Promise<void> {
    this.arrived += 1;
    this.onArrival();
    await this.wait;
  }
}

@Controller('things')
class ThingsController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly gate: Gate,
  ) {}

  @Post()
  @Allow('thing:create')
  @SecretsShownOnce('secret', 'nested.token', 'absent.field')
  async create(@Body() { name, mode }: ThingDto, @Res({ passthrough: true }) response: Response) {
    const { id } = await this.prisma.loginAttempt
      .create({ data: { identifierHash: name, failures: 1, windowStartedAt: new Date(0) } })
      .then(() => ({ id: randomUUID() }));
    await this.gate.pass();
    if (mode === 'fail') throw new ConflictError('thing.refused', 'No.');
    if (mode === 'accepted') response.status(202);
    response.setHeader('Location', `/api/v1/things/${id}`);
    return { id, secret: 'shown once', nested: { token: 't', kept: true }, big: 9007199254740993n, at: new Date(0) };
  }

  @Post('empty')
  @HttpCode(204)
  @Allow('thing:create')
  async empty(@Body() { name }: ThingDto): Promise<void> {
    await this.prisma.loginAttempt.create({
      data: { identifierHash: name, failures: 1, windowStartedAt: new Date(0) },
    });
  }

  @Post('order')
  @Allow('thing:order')
  order(@Query('note') note: string) {
    return { note, id: randomUUID() };
  }

  @Post('stream')
  @Allow('thing:create')
  @IgnoresIdempotencyKey()
  stream() {
    return { id: randomUUID() };
  }
}

@Controller('auth/things')
class AuthThingsController {
  @Post()
  @Public()
  create() {
    return { id: randomUUID() };
  }
}

@Controller('platform/things')
class PlatformThingsController {
  constructor(
    private readonly prisma: PlatformPrismaService,
    private readonly dbal: PlatformDbalService,
    private readonly gate: Gate,
  ) {}

  @Post()
  @Allow('platform:thing')
  async create(@Body() { name, mode }: ThingDto) {
    await this.write(name);
    await this.gate.pass();
    if (mode === 'fail') throw new ConflictError('thing.refused', 'No.');
    return { id: randomUUID(), inTransaction: this.dbal.isActive };
  }

  @Post('own-transactions')
  @Allow('platform:thing')
  @OwnTransactions()
  async own(@Body() { name, mode }: ThingDto) {
    const inTransaction = this.dbal.isActive;
    await this.write(name);
    await this.gate.pass();
    if (mode === 'fail') throw new ConflictError('thing.refused', 'No.');
    return { id: randomUUID(), inTransaction };
  }

  private async write(name: string): Promise<void> {
    await this.prisma.platformLoginAttempt.create({
      data: { identifierHash: name, failures: 1, windowStartedAt: new Date(0) },
    });
  }
}

@Module({ controllers: [ThingsController, AuthThingsController, PlatformThingsController], providers: [Gate] })
class ThingsModule {}

describe('Idempotency-Key', () => {
  let first: TestApp;
  let second: TestApp;
  let user: Principal;

  beforeAll(async () => {
    [first, second] = await Promise.all([createTestApp({}, [ThingsModule]), createTestApp({}, [ThingsModule])]);
    user = await signedInUser(first);
  });
  afterAll(() => Promise.all([first.close(), second.close()]));

  interface Sent {
    at?: TestApp;
    as?: { authorization: string };
    key?: string;
    path?: string;
    headers?: Record<string, string>;
  }

  const post = (body: object, { at = first, as = user, key, path = '/things', headers = {} }: Sent = {}) => {
    const request = at.http.post(`/api/v1${path}`).set('Authorization', as.authorization).set(headers);
    return (key === undefined ? request : request.set('Idempotency-Key', key)).send(body);
  };
  const rowsNamed = (name: string, { tenantId } = user): Promise<number> =>
    first.app
      .get(TenantContext)
      .run({ tenantId, source: 'system' }, () =>
        first.app.get(PrismaService).loginAttempt.count({ where: { identifierHash: name } }),
      );
  const platformRowsNamed = (name: string): Promise<number> =>
    first.app.get(PlatformPrismaService).platformLoginAttempt.count({ where: { identifierHash: name } });

  it('does the work once and replays status, body and headers', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const original = await post({ name, mode: 'accepted' }, { key });
    expect(original.status).toBe(202);
    expect(original.headers['idempotency-replayed']).toBeUndefined();

    const replayed = await post({ mode: 'accepted', name }, { key });
    expect(replayed.status).toBe(202);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(replayed.headers['location']).toBe(original.headers['location']);
    expect(replayed.body).toEqual({
      ...original.body,
      secret: null,
      nested: { token: null, kept: true },
    });
    expect(original.body).toMatchObject({ secret: 'shown once', big: '9007199254740993' });
    expect(await rowsNamed(name)).toBe(1);
  });

  it('replays in another process and by another form of the path', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const original = await post({ name }, { key });
    const path = `/t/${await slugOf(user.tenantId)}/things`;
    const replayed = await post({ name }, { key, at: second, path });
    expect(replayed.body.id).toBe(original.body.id);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
  });

  it('replays an answer without a body', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    expect((await post({ name }, { key, path: '/things/empty' })).status).toBe(204);
    const replayed = await post({ name }, { key, path: '/things/empty' });
    expect([replayed.status, replayed.text]).toEqual([204, '']);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(await rowsNamed(name)).toBe(1);
  });

  it('refuses the key for another body or query, and keeps routes, users and tenants apart', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const original = await post({ name }, { key });
    const reused = await post({ name: randomUUID() }, { key });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency.key_reused']);
    const otherQuery = await post({ name }, { key, path: '/things?dryRun=true' });
    expect([otherQuery.status, otherQuery.body.code]).toEqual([422, 'idempotency.key_reused']);

    const elsewhere = randomUUID();
    expect((await post({ name: elsewhere }, { key, path: '/things/empty' })).status).toBe(204);
    const colleague = await signedInUser(first, { tenantId: user.tenantId });
    const stranger = await signedInUser(first);
    for (const as of [colleague, stranger]) {
      const theirs = await post({ name: randomUUID() }, { key, as });
      expect(theirs.status).toBe(201);
      expect(theirs.body.id).not.toBe(original.body.id);
    }
  });

  it('refuses a second request while the first is at work, in any process', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const gate = first.app.get(Gate);
    const arrived = gate.close();
    const original = post({ name }, { key }).then((response) => response);
    await arrived;
    for (const at of [first, second]) {
      const other = await post({ name }, { key, at });
      expect([other.status, other.body.code]).toEqual([409, 'idempotency.in_progress']);
    }
    gate.open();
    expect((await original).status).toBe(201);
    const replayed = await post({ name }, { key, at: second });
    expect(replayed.body.id).toBe((await original).body.id);
  });

  it('works once for many requests at the same time', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, i) => post({ name }, { key, at: i % 2 ? first : second })),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => ![201, 409].includes(status))).toEqual([]);
    const ids = responses.filter(({ status }) => status === 201).map(({ body }) => String(body.id));
    expect(new Set(ids).size).toBe(1);
    expect(await rowsNamed(name)).toBe(1);
  });

  it('keeps nothing of a request that failed', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const failed = await post({ name, mode: 'fail' }, { key });
    expect([failed.status, failed.body.code]).toEqual([409, 'thing.refused']);
    expect(await rowsNamed(name)).toBe(0);
    // The key is free again, even for another body.
    const retried = await post({ name }, { key });
    expect(retried.status).toBe(201);
    expect(retried.headers['idempotency-replayed']).toBeUndefined();
    const invalid = await post({ name: 1 }, { key: randomUUID() });
    expect(invalid.status).toBe(400);
  });

  it('asks for authorisation before it replays', async () => {
    const key = randomUUID();
    const manager = await signedInUser(first, { role: 'manager' });
    const path = '/things/order?note=x';
    expect((await post({}, { key, as: manager, path })).status).toBe(201);
    await first.app
      .get(TenantContext)
      .run({ tenantId: manager.tenantId, source: 'system' }, () =>
        first.app.get(PrismaService).user.updateMany({ where: { id: manager.id }, data: { role: 'viewer' } }),
      );
    // A process that has not seen this user yet, so that no cache is involved.
    const refused = await post({}, { key, as: manager, path, at: second });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.forbidden']);
    const anonymous = await second.http.post(`/api/v1${path}`).set('Idempotency-Key', key).send({});
    expect(anonymous.status).toBe(401);
  });

  it('forgets a response after 24 hours', async () => {
    const [name, key] = [randomUUID(), randomUUID()];
    const original = await post({ name }, { key });
    await first.app.get(TenantContext).run({ tenantId: user.tenantId, source: 'system' }, async () => {
      const records = first.app.get(PrismaService).idempotencyRecord;
      const [record] = await records.findMany({ orderBy: { createdAt: 'desc' }, take: 1 });
      const keptMs = record!.expiresAt.getTime() - record!.createdAt.getTime();
      expect(Math.abs(keptMs - 24 * 3_600_000)).toBeLessThan(60_000);
      expect(JSON.stringify(record)).not.toContain('shown once');
      await records.updateMany({ where: { keyHash: record!.keyHash }, data: { expiresAt: new Date(0) } });
    });
    const again = await post({ name: randomUUID() }, { key });
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(original.body.id);
  });

  it.each([
    ['an empty key', ''],
    ['a key with a space', 'a b'],
    ['a key of 256 characters', 'k'.repeat(256)],
    ['a key that is not ASCII', 'schlüssel'],
  ])('refuses %s', async (_, key) => {
    const response = await post({ name: randomUUID() }, { key });
    expect([response.status, response.body.code]).toEqual([400, 'idempotency.invalid_key']);
  });

  it('takes a key of 255 characters', async () => {
    expect((await post({ name: randomUUID() }, { key: '~'.repeat(255) })).status).toBe(201);
  });

  it('leaves routes without keys alone', async () => {
    const key = randomUUID();
    for (const path of ['/auth/things', '/things/stream']) {
      const ids = [await post({}, { key, path }), await post({}, { key, path })].map(({ status, body }) => {
        expect(status).toBe(201);
        return String(body.id);
      });
      expect(ids[0]).not.toBe(ids[1]);
    }
  });

  describe('outside any tenant', () => {
    let admin: { authorization: string };
    beforeAll(async () => {
      admin = await signedInPlatformAdmin(first);
    });

    it.each(['/platform/things', '/platform/things/own-transactions'])('works once on POST %s', async (path) => {
      const [name, key] = [randomUUID(), randomUUID()];
      const original = await post({ name }, { key, path, as: admin });
      expect(original.status).toBe(201);
      expect(original.body.inTransaction).toBe(path === '/platform/things');
      const replayed = await post({ name }, { key, path, as: admin, at: second });
      expect(replayed.body).toEqual(original.body);
      expect(replayed.headers['idempotency-replayed']).toBe('true');
      expect(await platformRowsNamed(name)).toBe(1);
      const reused = await post({ name: randomUUID() }, { key, path, as: admin });
      expect([reused.status, reused.body.code]).toEqual([422, 'idempotency.key_reused']);
    });

    it.each(['/platform/things', '/platform/things/own-transactions'])(
      'refuses a second request to %s while the first is at work',
      async (path) => {
        const [name, key] = [randomUUID(), randomUUID()];
        const gate = first.app.get(Gate);
        const arrived = gate.close();
        const original = post({ name }, { key, path, as: admin }).then((response) => response);
        await arrived;
        for (const at of [first, second]) {
          const other = await post({ name }, { key, path, as: admin, at });
          expect([other.status, other.body.code]).toEqual([409, 'idempotency.in_progress']);
        }
        gate.open();
        expect((await original).status).toBe(201);
      },
    );

    it.each(['/platform/things', '/platform/things/own-transactions'])(
      'frees the key when POST %s fails',
      async (path) => {
        const [name, key] = [randomUUID(), randomUUID()];
        expect((await post({ name, mode: 'fail' }, { key, path, as: admin })).status).toBe(409);
        expect((await post({ name: randomUUID() }, { key, path, as: admin })).status).toBe(201);
      },
    );
  });

  async function slugOf(id: string): Promise<string> {
    const { slug } = await first.app.get(PlatformPrismaService).tenant.findFirstOrThrow({ where: { id } });
    return slug;
  }
});
