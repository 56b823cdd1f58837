import { eventually } from '../../support/eventually.js';
import { TaskRunner } from '../../../src/common/queue/task-runner.js';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { Module } from '@nestjs/common';
import { jest } from '@jest/globals';
import { UnprocessableError } from '../../../src/common/errors/app-error.js';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { ProvisioningPace } from '../../../src/modules/tenants/provisioning/provisioning-pace.js';
import {
  ProvisioningStep,
  type ProvisioningStepHandler,
  type ProvisioningTenant,
} from '../../../src/modules/tenants/provisioning/provisioning-step.js';
import { RecoverProvisioningTask } from '../../../src/modules/tenants/provisioning/recover-provisioning.task.js';
import { schemaNameOf } from '../../../src/modules/tenants/tenant-names.js';
import { withClient } from '../../../scripts/db/connect.js';
import { problemOf } from '../../support/contract.js';
import { type Factories, factories } from '../../support/factories.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';

/** A step like those of other modules, after the owner's. What it does is decided by the tenant's slug. */
@ProvisioningStep({ name: 'test_step', order: 10_000 })
class TestStep implements ProvisioningStepHandler {
  readonly attempts = new Map<string, number>();
  readonly rolledBack: string[] = [];
  readonly hooks = new Map<string, () => Promise<void>>();

  constructor(private readonly prisma: PrismaService) {}

  async apply({ slug }: ProvisioningTenant): Promise<void> {
    const attempt = (this.attempts.get(slug) ?? 0) + 1;
    this.attempts.set(slug, attempt);
    // Written before it fails: a failed attempt must leave nothing.
    await this.prisma.user.createMany({ data: [{ username: 'by-test-step', email: 'step@example.test' }] });
    await this.hooks.get(slug)?.();
    if (slug.startsWith('refused-')) throw new UnprocessableError('test.refused', 'The stars are wrong.');
    if (slug.startsWith('broken-')) throw new Error('secret details');
    if (slug.startsWith('shaky-') && attempt < 3) throw new Error('not yet');
  }

  async rollback({ slug }: ProvisioningTenant): Promise<void> {
    this.rolledBack.push(slug);
    if (slug.endsWith('-stuck')) throw new Error('cannot be undone');
  }
}

@Module({ providers: [TestStep] })
class TestStepModule {}

let test: TestApp;
let make: Factories;
let platform: { Authorization: string };
let step: TestStep;

beforeAll(async () => {
  test = await createTestApp({ BASE_DOMAIN: 'tenantry.test' }, [TestStepModule]);
  make = factories(test.app);
  platform = { Authorization: `Bearer ${await make.platformToken()}` };
  step = test.app.get(TestStep);
  jest.spyOn(test.app.get(ProvisioningPace), 'backOff').mockResolvedValue();
});

afterAll(() => test.close());

const PASSWORD = 'correct horse battery';

function order(prefix = 'tenant') {
  const slug = uniqueName(prefix);
  return { slug, name: `Name of ${slug}`, ownerEmail: `ada@${slug}.test` };
}

const create = (body: object, headers: Record<string, string> = {}) =>
  test.http
    .post('/api/v1/platform/tenants')
    .set({ ...platform, ...headers })
    .send(body);

const registryRows = (slug: string) => test.app.get(PlatformPrismaService).tenant.findMany({ where: { slug } });

/** The record of provisioning, in the order of the steps, by the tenant's slug as the log of rollbacks has it. */
async function stepsOf(tenantId: string) {
  return test.app.get(PlatformPrismaService).tenantProvisioningStep.findMany({
    where: { tenantId },
    orderBy: { position: 'asc' },
    select: { step: true, status: true, attempts: true, lastError: true },
  });
}

/** As administrator: row level security hides nothing. */
async function administer<T extends object>(sql: string, values: unknown[]): Promise<T[]> {
  const { adminUrl } = await testDatabase();
  return withClient(adminUrl, async (admin) => (await admin.query<T>(sql, values)).rows);
}

/** The tenant's id, asked of the record because the registry's row is gone after a failure. */
async function idOfFailed(slug: string): Promise<string> {
  const rows = await administer<{ id: string }>(
    `SELECT payload #>> '{data,tenantId}' AS id FROM jobs._private_jobs
     WHERE key LIKE '%tenant.recover_provisioning:%' ORDER BY id DESC LIMIT 1`,
    [],
  );
  expect(await registryRows(slug)).toEqual([]);
  return rows[0]!.id;
}

describe('Provisioning a tenant', () => {
  it('makes an ACTIVE tenant with an owner who can sign in', async () => {
    const body = { ...order(), plan: 'pro', settings: { timezone: 'UTC' }, ownerPassword: PASSWORD };
    const response = await create(body);
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      slug: body.slug,
      name: body.name,
      domain: null,
      schemaName: schemaNameOf(body.slug),
      status: 'ACTIVE',
      isActive: true,
      plan: 'professional',
      settings: { timezone: 'UTC' },
      owner: { email: body.ownerEmail, username: 'ada', status: 'ACTIVE' },
    });
    expect(response.body).not.toHaveProperty('invitationToken');
    expect(JSON.stringify(response.body)).not.toContain(PASSWORD);
    expect(response.headers['etag']).toBe(`"${response.body.id}.${response.body.version}"`);

    const signIn = await test.http
      .post('/api/v1/auth/login')
      .send({ tenant: body.slug, identifier: body.ownerEmail, password: PASSWORD });
    expect(signIn.status).toBe(200);
    expect(signIn.body.user).toMatchObject({ id: response.body.owner.id, role: 'owner' });
  });

  it('is found at once by names that led nowhere before', async () => {
    const body = { ...order(), domain: `${uniqueName('d')}.test`, ownerPassword: PASSWORD };
    const signInAt = (tenant: string) =>
      test.http.post('/api/v1/auth/login').send({ tenant, identifier: body.ownerEmail, password: PASSWORD });
    for (const name of [body.slug, body.domain]) expect((await signInAt(name)).status).toBeGreaterThanOrEqual(400);
    const { body: tenant } = await create(body);
    for (const name of [body.slug, body.domain]) expect((await signInAt(name)).status).toBe(200);

    const moved = `${uniqueName('d')}.test`;
    expect((await signInAt(moved)).status).toBeGreaterThanOrEqual(400);
    await test.http.patch(`/api/v1/platform/tenants/${tenant.id}`).set(platform).send({ domain: moved });
    expect((await signInAt(moved)).status).toBe(200);
    expect((await signInAt(body.domain)).status).toBeGreaterThanOrEqual(400);
  });

  it('invites an owner who was given no password', async () => {
    const body = order();
    const response = await create(body);
    expect(response.status).toBe(201);
    expect(response.body.owner.status).toBe('INVITED');
    const accepted = await test.http
      .post('/api/v1/auth/invitations/accept')
      .send({ token: response.body.invitationToken, password: PASSWORD });
    expect(accepted.status).toBeLessThan(300);
    const signIn = await test.http
      .post('/api/v1/auth/login')
      .send({ tenant: body.slug, identifier: 'ada', password: PASSWORD });
    expect(signIn.status).toBe(200);
  });

  it('mails the link to an owner who was given no password, once the tenant is there', async () => {
    const body = order();
    const { body: provisioned } = await create(body);
    const transport = test.app.get(MailTransport) as MemoryTransport;
    const runner = test.app.get(TaskRunner);
    await eventually(
      async () => {
        await runner.runDue();
        return transport.sent.some(({ to }) => to === body.ownerEmail);
      },
      (isSent) => isSent,
    );
    const { text } = await transport.mailTo(body.ownerEmail);
    expect(text).toContain(`#token=${provisioned.invitationToken}`);
    expect(transport.sent.filter(({ to }) => to === body.ownerEmail)).toHaveLength(1);
  });

  it('keeps a record of its steps, and writes the audit log', async () => {
    const { body } = await create(order());
    expect(await stepsOf(body.id)).toEqual([
      { step: 'owner_created', status: 'done', attempts: 1, lastError: null },
      { step: 'test_step', status: 'done', attempts: 1, lastError: null },
    ]);
    expect((await make.auditEntries(body)).map(({ action, actorKind }) => [action, actorKind])).toContainEqual([
      'tenant.created',
      'platform',
    ]);
  });

  it('goes on after attempts that failed, and keeps nothing of them', async () => {
    const { status, body } = await create(order('shaky'));
    expect(status).toBe(201);
    expect((await stepsOf(body.id))[1]).toMatchObject({ status: 'done', attempts: 2, lastError: 'Error: not yet' });
    const users = await make.inTenant(body, () => test.app.get(PrismaService).user.count());
    expect(users).toBe(2);
  });

  it('takes everything back when a step fails for good, and names the step', async () => {
    const body = order('broken');
    const response = await create(body);
    expect(problemOf(response)).toEqual({ status: 500, code: 'tenant.provisioning_failed' });
    expect(response.body.detail).toContain('test_step');
    expect(response.text).not.toContain('secret details');
    expect(step.attempts.get(body.slug)).toBe(3);

    const id = await idOfFailed(body.slug);
    expect(await stepsOf(id)).toEqual([
      { step: 'owner_created', status: 'rolled_back', attempts: 1, lastError: null },
      { step: 'test_step', status: 'rolled_back', attempts: 3, lastError: 'Error: secret details' },
    ]);
    for (const table of ['users', 'invitations', 'credentials', 'audit_log']) {
      expect(await administer(`SELECT FROM ${table} WHERE tenant_id = $1`, [id])).toEqual([]);
    }
  });

  it('passes on what a step refused, without trying again', async () => {
    const body = order('refused');
    const response = await create(body);
    expect(problemOf(response)).toEqual({ status: 422, code: 'tenant.provisioning_failed' });
    expect(response.body.detail).toMatch(/test_step.*The stars are wrong/);
    expect(step.attempts.get(body.slug)).toBe(1);
    // Nothing is in the way of the next try.
    expect((await create({ ...body, slug: uniqueName('tenant') })).status).toBe(201);
  });

  it('removes the tenant even when a rollback fails, and records that', async () => {
    const body = { ...order('broken'), slug: `${uniqueName('broken')}-stuck` };
    expect((await create(body)).status).toBe(500);
    const steps = await stepsOf(await idOfFailed(body.slug));
    expect(steps.map(({ status }) => status)).toEqual(['rolled_back', 'rollback_failed']);
  });

  it('serves nobody before it has finished', async () => {
    const body = { ...order(), ownerPassword: PASSWORD };
    const early: unknown[] = [];
    step.hooks.set(body.slug, async () => {
      const credentials = { tenant: body.slug, identifier: body.ownerEmail, password: PASSWORD };
      early.push(problemOf(await test.http.post('/api/v1/auth/login').send(credentials)));
    });
    expect((await create(body)).status).toBe(201);
    expect(early).toEqual([{ status: 403, code: 'tenant.not_active' }]);
  });
});

describe('A new tenant', () => {
  it.each([
    ['a reserved slug', { slug: 'www' }, '/slug'],
    ['a slug with a dot', { slug: 'acme.corp' }, '/slug'],
    ['a slug in capitals', { slug: 'Acme' }, '/slug'],
    ['a short slug', { slug: 'ab' }, '/slug'],
    ['no name', { name: undefined }, '/name'],
    ['a blank name', { name: '  ' }, '/name'],
    ['a domain without a dot', { domain: 'acme' }, '/domain'],
    ['a domain under the base domain', { domain: 'api.tenantry.test' }, '/domain'],
    ['an unknown plan', { plan: 'gold' }, '/plan'],
    ['no owner', { ownerEmail: undefined }, '/ownerEmail'],
    ['a short password', { ownerPassword: 'short' }, '/ownerPassword'],
    ['an empty password', { ownerPassword: '' }, '/ownerPassword'],
    ['large settings', { settings: { text: 'x'.repeat(65_536) } }, '/settings'],
    ['deep settings', { settings: JSON.parse(`${'{\"a\":'.repeat(40)}1${'}'.repeat(40)}`) as object }, '/settings'],
    ['an id', { id: '0198c0de-0000-7000-8000-0000000000ff' }, '/id'],
    ['a status', { status: 'ACTIVE' }, '/status'],
  ])('is refused with %s', async (_, flaw, pointer) => {
    const body = { ...order(), ...flaw };
    const response = await create(body);
    expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    const pointers = response.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(new Set(pointers)).toEqual(new Set([pointer]));
    expect(await registryRows(body.slug)).toEqual([]);
  });

  it('takes neither slug nor name nor domain of another one', async () => {
    const taken = { ...order(), domain: `${uniqueName('d')}.test` };
    expect((await create(taken)).status).toBe(201);
    const attempts = {
      slug_taken: { slug: taken.slug },
      name_taken: { name: taken.name },
      domain_taken: { domain: taken.domain },
    };
    for (const [code, clash] of Object.entries(attempts)) {
      expect(problemOf(await create({ ...order(), ...clash }))).toEqual({ status: 409, code: `tenant.${code}` });
    }
  });

  it('is made once when it is asked for five times at the same time', async () => {
    const body = order();
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await create(body)).status));
    expect(statuses.sort()).toEqual([201, 409, 409, 409, 409]);
    expect(await registryRows(body.slug)).toHaveLength(1);
  });

  it('is not made again by a retry, which is not told the invitation again', async () => {
    const body = order();
    const key = { 'Idempotency-Key': `make-${body.slug}` };
    const first = await create(body, key);
    const second = await create(body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(first.body.invitationToken).toEqual(expect.any(String));
    expect(second.body).toEqual({ ...first.body, invitationToken: null });
    expect(problemOf(await create({ ...body, name: 'Other' }, key))).toEqual({
      status: 422,
      code: 'idempotency.key_reused',
    });
  });

  it('can be asked for again under the same key after a failure', async () => {
    const body = order('shaky-broken');
    const key = { 'Idempotency-Key': `make-${body.slug}` };
    step.hooks.set(body.slug, async () => {
      throw new UnprocessableError('test.refused', 'Not now.');
    });
    expect((await create(body, key)).status).toBe(422);
    step.hooks.delete(body.slug);
    expect((await create(body, key)).status).toBe(201);
  });
});

describe('A provisioning that stopped in the middle', () => {
  const recover = (tenantId: string) => test.app.get(RecoverProvisioningTask).handle({ tenantId });

  it('is taken back by the job that was enqueued with its first row', async () => {
    const tenant = await make.createTenant({ status: 'PROVISIONING' });
    const platformPrisma = test.app.get(PlatformPrismaService);
    await platformPrisma.tenantProvisioningStep.createMany({
      data: [
        { tenantId: tenant.id, step: 'owner_created', position: 0, status: 'done' },
        { tenantId: tenant.id, step: 'test_step', position: 1, status: 'running' },
      ],
    });
    await recover(tenant.id);
    expect(await registryRows(tenant.slug)).toEqual([]);
    expect(step.rolledBack).toContain(tenant.slug);
    expect((await stepsOf(tenant.id)).map(({ status }) => status)).toEqual(['rolled_back', 'rolled_back']);
    await recover(tenant.id);
  });

  it('has that job waiting for it, due after its budget', async () => {
    const { body } = await create(order());
    const [job] = await administer<{ delay: number }>(
      `SELECT extract(epoch FROM run_at - created_at)::float8 AS delay FROM jobs._private_jobs WHERE key LIKE $1`,
      [`%tenant.recover_provisioning:${body.id}`],
    );
    expect(job!.delay).toBeGreaterThan(90);
  });

  it('is left alone when it has finished after all', async () => {
    const { body } = await create(order());
    await recover(body.id);
    expect(await registryRows(body.slug)).toEqual([expect.objectContaining({ status: 'ACTIVE' })]);
    const owners = await make.inTenant(body, () =>
      test.app.get(PrismaService).user.count({ where: { role: 'owner' } }),
    );
    expect(owners).toBe(1);
  });

  it('cannot finish while it is being taken back', async () => {
    const body = order('shaky');
    jest.spyOn(test.app.get(ProvisioningPace), 'backOff').mockImplementationOnce(async () => {
      const [row] = await registryRows(body.slug);
      await recover(row!.id);
    });
    const response = await create(body);
    expect(problemOf(response)).toMatchObject({ status: 500, code: 'tenant.provisioning_failed' });
    expect(await registryRows(body.slug)).toEqual([]);
  });
});
