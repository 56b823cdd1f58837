import { Module } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { Actor } from '../../../src/common/identity/actor.js';
import { SYSTEM_ACTOR } from '../../../src/common/identity/actor.js';
import { DbalService } from '../../../src/common/dbal/dbal.service.js';
import { DbalOperation, type Operation } from '../../../src/common/operations/operation.js';
import { type HandlesDomainEvents, OnDomainEvent } from '../../../src/common/events/domain-event.js';
import { ConflictError } from '../../../src/common/errors/app-error.js';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { databaseNow } from '../../../src/common/time/database-clock.js';
import { ActionRegistry } from '../../../src/modules/workflows/actions/action-registry.service.js';
import {
  Action,
  type ActionContext,
  type ActionOutcome,
} from '../../../src/modules/workflows/actions/workflow-action.js';
import { type Factories, factories } from '../../support/factories.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { uniqueName } from '../../support/unique-name.js';
import { queuedFor } from '../../support/queued-tasks.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

class EchoInput {
  @ApiProperty()
  @IsString()
  word!: string;
}

@DbalOperation({ name: 'echo_word', description: 'Says it again.', permission: 'user:read', input: EchoInput })
class EchoOperation implements Operation<EchoInput> {
  runs = 0;

  execute(_actor: Actor, { word }: EchoInput): Promise<unknown> {
    this.runs += 1;
    if (word === 'no') throw new ConflictError('echo.refused', 'Not that word.');
    return Promise.resolve({ word, run: this.runs });
  }
}

@OnDomainEvent('custom.thing.happened')
class ThingListener implements HandlesDomainEvents {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

@Action('thing.shout')
class ShoutAction {
  validate(): [] {
    return [];
  }

  run(_config: object, input: unknown): Promise<ActionOutcome> {
    return Promise.resolve({ kind: 'done', output: `${String(input)}!` });
  }
}

@Module({ providers: [EchoOperation, ThingListener, ShoutAction] })
class ThingsModule {}

describe('the actions of workflows', () => {
  let test: TestApp;
  let make: Factories;
  let tenant: TestTenant;
  let registry: ActionRegistry;
  const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', permissions: new Set(['user:read']) };

  beforeAll(async () => {
    test = await createTestApp({}, [ThingsModule]);
    make = factories(test.app);
    tenant = await make.createTenant();
    registry = test.app.get(ActionRegistry, { strict: false });
  });
  afterAll(() => test.close());

  const run = (name: string, config: object, given: Partial<ActionContext> = {}, input: unknown = null) =>
    make.inTenant(tenant, () =>
      registry.get(name)!.run({ action: name, ...config }, input, {
        tenantId: tenant.id,
        runId: 'run',
        nodeId: 'node',
        attempt: 1,
        idempotencyKey: uniqueName('key'),
        actor,
        signal: new AbortController().signal,
        log: () => undefined,
        ...given,
      }),
    );
  const codesOf = (name: string, config: object) =>
    registry
      .get(name)!
      .validate({ action: name, ...config })
      .map(({ pointer, code }) => `${pointer} ${code}`);

  it('are those of this module and those that other modules contribute', async () => {
    expect(registry.names()).toEqual(
      expect.arrayContaining([
        'approval',
        'dbal.operation',
        'delay',
        'email.send',
        'event.emit',
        'http.request',
        'log',
        'thing.shout',
      ]),
    );
    expect(await run('thing.shout', {}, {}, 'hey')).toEqual({ kind: 'done', output: 'hey!' });
    expect(registry.get('thing.whisper')).toBeUndefined();
  });

  it('say which of them belong into the transaction that records their result', () => {
    expect(registry.isTransactional('dbal.operation')).toBe(true);
    expect(registry.isTransactional('http.request')).toBe(false);
    expect(registry.isTransactional('thing.shout')).toBe(false);
  });

  describe('dbal.operation', () => {
    const echo = (word: unknown, given?: Partial<ActionContext>) =>
      run('dbal.operation', { operation: 'echo_word', input: { word } }, given);

    it('runs an operation once, however often the step is tried', async () => {
      const idempotencyKey = uniqueName('key');
      const first = await echo('hello', { idempotencyKey });
      expect(first).toMatchObject({ kind: 'done', output: { word: 'hello' } });
      expect(await echo('hello', { idempotencyKey, attempt: 2 })).toEqual(first);
      expect(await echo('hello')).not.toEqual(first);
    });

    it('has the rights of its actor, and says which refusals are final', async () => {
      const nobody: Actor = { ...actor, permissions: new Set() };
      await expect(echo('hello', { actor: nobody })).rejects.toMatchObject({
        code: 'auth.forbidden',
        isRetryable: false,
      });
      await expect(echo('no')).rejects.toMatchObject({ code: 'echo.refused', isRetryable: false });
      await expect(echo(7)).rejects.toMatchObject({
        code: 'request.invalid',
        details: [expect.objectContaining({ pointer: '/input/word' })],
      });
    });

    it('must name an operation that there is', () => {
      expect(codesOf('dbal.operation', { operation: 'echo_word' })).toEqual([]);
      expect(codesOf('dbal.operation', { operation: '{{ input.operation }}' })).toEqual([]);
      expect(codesOf('dbal.operation', { operation: 'no_such' })).toEqual(['/operation unknown_operation']);
      expect(codesOf('dbal.operation', {})).toEqual(['/operation required']);
    });
  });

  describe('event.emit', () => {
    it('emits with the transaction around it, or not at all', async () => {
      const emit = () => run('event.emit', { name: 'custom.thing.happened', payload: { a: 1 } });
      const inTransaction = (work: () => Promise<unknown>) =>
        make.inTenant(tenant, () => test.app.get(DbalService).transaction(work));
      await expect(
        inTransaction(async () => {
          await emit();
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
      expect(await queuedFor(tenant, 'event.deliver')).toEqual([]);
      expect(await inTransaction(emit)).toMatchObject({ kind: 'done' });
      const subscribers = (await queuedFor(tenant, 'event.deliver')).map(
        ({ payload }) => (payload as { data: { subscriber: string } }).data.subscriber,
      );
      expect(subscribers.filter((subscriber) => subscriber === 'ThingListener')).toHaveLength(1);
    });

    it("cannot pretend to be the program's own events", () => {
      expect(codesOf('event.emit', { name: 'user.created' })).toEqual(['/name matches']);
      expect(codesOf('event.emit', { name: 'custom.x', payload: [] })).toEqual(['/payload object']);
    });

    it('bounds what it carries', async () => {
      await expect(
        run('event.emit', { name: 'custom.thing.happened', payload: { text: 'x'.repeat(70_000) } }),
      ).rejects.toMatchObject({ code: 'event.too_large', isRetryable: false });
    });
  });

  describe('email.send', () => {
    it('enqueues a mail for each recipient', async () => {
      const to = [uniqueName('a'), uniqueName('b')].map((name) => `${name}@example.test`);
      expect(await run('email.send', { to: [...to, to[0]], subject: 'Hi', text: 'There.' })).toEqual({
        kind: 'done',
        output: { recipients: 2 },
      });
      expect(await queuedFor(tenant, 'mail.send')).toHaveLength(2);
      expect((test.app.get<MailTransport>(MailTransport) as MemoryTransport).sent).toEqual([]);
    });

    it.each([
      [{ to: 'nobody' }, ['/to email']],
      [{ to: Array.from({ length: 11 }, (_, index) => `a${index}@example.test`) }, ['/to array_max_size']],
      [{ to: [] }, ['/to array_min_size']],
      [{ subject: 'a\r\nBcc: x@example.test' }, ['/subject matches']],
      [{ text: 'x'.repeat(50_001) }, ['/text length']],
      [{ cc: 'x@example.test' }, ['/cc unknown']],
      [{ to: ['{{ input.email }}', 'x@example.test'], subject: '{{ input.subject }}' }, []],
    ])('is bounded: %j', (given, expected) => {
      expect(codesOf('email.send', { to: 'x@example.test', subject: 'Hi', text: 'There.', ...given })).toEqual(
        expected,
      );
    });
  });

  it('log writes a line and passes its input on', async () => {
    const lines: unknown[] = [];
    const log: ActionContext['log'] = (message, data) => void lines.push([message, data]);
    expect(await run('log', { message: 'Seen', data: { a: 1 } }, { log }, { x: 1 })).toEqual({
      kind: 'done',
      output: { x: 1 },
    });
    expect(lines).toEqual([['Seen', { a: 1 }]]);
    expect(codesOf('log', {})).toEqual(['/message required']);
  });

  describe('delay', () => {
    it('waits for a time or until one', async () => {
      const until = new Date(Date.now() + 60_000).toISOString();
      expect(await run('delay', { until })).toEqual({ kind: 'wait', until: new Date(until) });
      // By the database's clock.
      const before = databaseNow().getTime();
      const outcome = (await run('delay', { ms: 5000 })) as { until: Date };
      expect(outcome.until.getTime()).toBeGreaterThanOrEqual(before + 5000);
      expect(outcome.until.getTime()).toBeLessThanOrEqual(databaseNow().getTime() + 5000);
    });

    it.each([
      [{}, [' delay_time']],
      [{ ms: 1, until: '2030-01-01T00:00:00Z' }, [' delay_time']],
      [{ ms: -1 }, ['/ms min']],
      [{ until: 'tomorrow' }, ['/until timestamp']],
      [{ until: '2030-W05' }, ['/until timestamp']],
      [{ until: '2030-02-30T00:00:00Z' }, ['/until timestamp']],
      [{ until: '2030-01-31T12:00:00' }, ['/until timestamp']],
      [{ until: '9999-12-31T23:59:59-01:00' }, ['/until timestamp']],
      [{ until: '{{ input.at }}' }, []],
    ])('needs one of both: %j', async (config, expected) => {
      expect(codesOf('delay', config)).toEqual(expected);
      if (expected.length > 0) {
        await expect(run('delay', config)).rejects.toMatchObject({ code: 'action.invalid_config', isRetryable: false });
      }
    });
  });

  describe('approval', () => {
    it('waits for people until the sooner deadline', async () => {
      const deadline = new Date(Date.now() + 10_000).toISOString();
      const approvers = ['role:manager', `user:${tenant.owner.id}`];
      expect(await run('approval', { message: 'May it?', deadline, deadlineMs: 3_600_000, approvers })).toEqual({
        kind: 'wait',
        approval: { message: 'May it?', deadline: new Date(deadline), approvers },
      });
      expect(await run('approval', {})).toEqual({ kind: 'wait', approval: {} });
    });

    it('knows roles and users only', () => {
      expect(codesOf('approval', { approvers: ['role:boss'] })).toEqual(['/approvers matches']);
      expect(codesOf('approval', { approvers: ['{{ input.approver }}'] })).toEqual([]);
    });
  });
});
