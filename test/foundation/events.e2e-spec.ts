import { Module } from '@nestjs/common';
import { DbalService } from '../../src/common/dbal/dbal.service.js';
import { DeliverEventTask } from '../../src/common/events/deliver-event.task.js';
import { type DomainEvent, type HandlesDomainEvents, OnDomainEvent } from '../../src/common/events/domain-event.js';
import { EventsService } from '../../src/common/events/events.service.js';
import { TenantContext, TenantContextMissingError } from '../../src/common/tenancy/tenant-context.js';
import { queuedFor } from '../support/queued-tasks.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { TenantWorld } from '../support/tenant-world.js';

/** What subscribers were told, and whoever waits for it. */
class Told {
  readonly events: (DomainEvent & { told: string; tenantId: string })[] = [];
  fail?: (subscriber: string) => void;
  #waiting: (() => void)[] = [];

  hear(subscriber: string, tenantId: string, event: DomainEvent): void {
    this.fail?.(subscriber);
    this.events.push({ ...event, told: subscriber, tenantId });
    for (const check of this.#waiting) check();
  }

  /** Of one tenant, once there are so many. */
  about(tenant: { id: string }, count: number): Promise<Told['events']> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.events.filter(({ tenantId }) => tenantId === tenant.id);
        if (found.length >= count) resolve(found);
      };
      this.#waiting.push(check);
      check();
    });
  }
}

@OnDomainEvent('thing.happened')
class ThingSubscriber implements HandlesDomainEvents {
  constructor(
    private readonly told: Told,
    private readonly tenant: TenantContext,
  ) {}

  async handle(event: DomainEvent): Promise<void> {
    this.told.hear('thing', this.tenant.tenantId, event);
  }
}

@OnDomainEvent('*')
class CuriousSubscriber implements HandlesDomainEvents {
  constructor(
    private readonly told: Told,
    private readonly tenant: TenantContext,
  ) {}

  async handle(event: DomainEvent): Promise<void> {
    this.told.hear('curious', this.tenant.tenantId, event);
  }
}

@Module({ providers: [Told, ThingSubscriber, CuriousSubscriber] })
class SubscribersModule {}

const DELIVER = 'event.deliver';

describe('domain events', () => {
  let api: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    api = await createTestApp({}, [SubscribersModule]);
    world = await TenantWorld.create(api);
  });
  afterAll(() => api.close());

  const emit = (tenant: Pick<TestTenant, 'id'>, name: string, payload: Record<string, unknown> = {}) =>
    world.make.inTenant(tenant, () => api.app.get(EventsService).emit(name, payload));
  /** Subscribers that something waits for, of this file's: the program may have more. */
  const waiting = async (tenant: TestTenant): Promise<{ subscriber: string; event: DomainEvent }[]> => {
    const jobs = await queuedFor(tenant, DELIVER);
    return jobs
      .map(({ payload }) => (payload as { data: { subscriber: string; event: DomainEvent } }).data)
      .filter(({ subscriber }) => ['ThingSubscriber', 'CuriousSubscriber'].includes(subscriber));
  };

  it('wait in the queue for each subscriber, as one event', async () => {
    const tenant = await world.make.createTenant();
    await emit(tenant, 'thing.happened', { size: 3 });
    await emit(tenant, 'other.happened');
    const jobs = await waiting(tenant);
    expect(jobs.map(({ subscriber, event }) => [event.name, subscriber]).sort()).toEqual([
      ['other.happened', 'CuriousSubscriber'],
      ['thing.happened', 'CuriousSubscriber'],
      ['thing.happened', 'ThingSubscriber'],
    ]);
    const things = jobs.filter(({ event }) => event.name === 'thing.happened').map(({ event }) => event);
    expect(things[0]).toEqual(things[1]);
    expect(things[0]).toMatchObject({ payload: { size: 3 }, id: expect.any(String), occurredAt: expect.any(String) });
  });

  it('leave no trace of a transaction that was undone, or of a savepoint', async () => {
    const tenant = await world.make.createTenant();
    const dbal = api.app.get(DbalService);
    const undone = world.make.inTenant(tenant, () =>
      dbal.transaction(async () => {
        await emit(tenant, 'thing.happened');
        throw new Error('planned');
      }),
    );
    await expect(undone).rejects.toThrow('planned');
    await world.make.inTenant(tenant, () =>
      dbal.transaction(() =>
        dbal
          .savepoint(async () => {
            await emit(tenant, 'thing.happened');
            throw new Error('planned');
          })
          .catch(() => undefined),
      ),
    );
    expect(await waiting(tenant)).toEqual([]);
  });

  it('have names of a form, and belong to a tenant', async () => {
    const tenant = await world.make.createTenant();
    for (const name of ['happened', 'Thing.happened', 'thing.', `thing.${'x'.repeat(100)}`, '']) {
      await expect(emit(tenant, name)).rejects.toThrow('not a valid event name');
    }
    await expect(api.app.get(EventsService).emit('thing.happened', {})).rejects.toThrow(TenantContextMissingError);
  });

  it('are told by what users do', async () => {
    const tenant = await world.make.createTenant();
    const owner = world.bearer(await world.make.tokenFor(tenant.owner));
    const input = { email: 'ada@example.com', username: 'ada', role: 'member', password: 'correct horse battery' };
    const { id } = (await owner.post('/users', input)).body;
    await owner.patch(`/users/${id}`, { role: 'manager' });
    await owner.delete(`/users/${id}`);
    const events = (await waiting(tenant)).map(({ event }) => event);
    expect(events.map(({ name }) => name)).toEqual(['user.created', 'user.updated', 'user.deleted']);
    expect(events[1]!.payload).toEqual({
      actor: { kind: 'user', id: tenant.owner.id },
      user: { id, username: 'ada', email: 'ada@example.com', role: 'manager', status: 'ACTIVE' },
      changed: ['role'],
    });
    expect(JSON.stringify(events)).not.toContain('correct horse');
  });

  it('are an error where nobody of that name listens any more, so that the job is tried again', async () => {
    const event = { id: 'x', name: 'thing.happened', payload: {}, occurredAt: '' };
    await expect(api.app.get(DeliverEventTask).handle({ subscriber: 'Gone', event })).rejects.toThrow('Gone');
  });

  it('reach their subscribers in the background, in the tenant, each on its own', async () => {
    const worker = await createTestApp({ APP_ROLE: 'worker' }, [SubscribersModule]);
    try {
      const told = worker.app.get(Told);
      // Its failure is retried much later; the other subscriber does not notice.
      told.fail = (subscriber) => {
        if (subscriber === 'thing') throw new Error('planned');
      };
      const [one, two] = await Promise.all([world.make.createTenant(), world.make.createTenant()]);
      await emit(one, 'thing.happened', { of: 'one' });
      await emit(two, 'thing.happened', { of: 'two' });
      for (const [tenant, of] of [
        [one, 'one'],
        [two, 'two'],
      ] as const) {
        expect(await told.about(tenant, 1)).toEqual([expect.objectContaining({ told: 'curious', payload: { of } })]);
      }
    } finally {
      await worker.close();
    }
  });
});
