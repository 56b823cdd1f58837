import { ConflictError, UnavailableError } from '../../../common/errors/app-error.js';
import type { DbalService } from '../../../common/dbal/dbal.service.js';
import type { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { ProvisioningPace } from './provisioning-pace.js';
import type { ProvisioningProgressRepository } from './provisioning-progress.repository.js';
import { ProvisioningRunner, StepFailure, summaryOf } from './provisioning-runner.js';
import type { ProvisioningStepHandler } from './provisioning-step.js';
import type { ProvisioningStepRegistry } from './provisioning-step-registry.js';

const TENANT = { id: '0198c0de-0000-7000-8000-00000000000a', slug: 'acme', name: 'Acme', plan: 'basic' } as const;
const REQUEST = { owner: { email: 'ada@acme.test' } };

interface Note {
  step: string;
  status: string;
  attempts?: number;
  lastError?: string;
}

class FakeProgress implements Pick<ProvisioningProgressRepository, 'start' | 'note' | 'findStarted'> {
  readonly notes: Note[] = [];
  readonly #started: string[] = [];

  async start(_tenantId: string, step: string): Promise<void> {
    this.#started.push(step);
    this.notes.push({ step, status: 'running' });
  }

  async note(_tenantId: string, step: string, change: Omit<Note, 'step'>): Promise<void> {
    this.notes.push({ step, ...change });
  }

  async findStarted(): Promise<string[]> {
    return this.#started.toReversed();
  }
}

class FakePace extends ProvisioningPace {
  time = 0;

  override now(): number {
    return this.time;
  }

  override async backOff(): Promise<void> {
    this.time += 1000;
  }
}

function setUp(handlers: Record<string, Partial<ProvisioningStepHandler>>) {
  const done: string[] = [];
  const steps = Object.entries(handlers).map(([name, handler], order) => ({
    name,
    order,
    handler: {
      apply: async (...args: Parameters<ProvisioningStepHandler['apply']>) => {
        const outcome = await handler.apply?.(...args);
        done.push(`apply ${name}`);
        return outcome;
      },
      rollback: async (...args: Parameters<ProvisioningStepHandler['rollback']>) => {
        await handler.rollback?.(...args);
        done.push(`roll back ${name}`);
      },
    },
  }));
  const progress = new FakeProgress();
  const pace = new FakePace();
  const runner = new ProvisioningRunner(
    { all: steps, find: (name: string) => steps.find((step) => step.name === name) } as Pick<
      ProvisioningStepRegistry,
      'all' | 'find'
    > as ProvisioningStepRegistry,
    progress as Partial<ProvisioningProgressRepository> as ProvisioningProgressRepository,
    { run: async (_scope, fn) => fn() } as Pick<TenantContext, 'run'> as TenantContext,
    { transaction: (fn) => fn() } as Pick<DbalService, 'transaction'> as DbalService,
    pace,
  );
  Object.defineProperty(runner, 'logger', { value: { error: () => undefined } });
  return { runner, progress, pace, done, deadline: { at: 90_000 } };
}

/** Fails `times` times with the error, then succeeds. */
function failing(times: number, error: Error): () => Promise<void> {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
  };
}

describe('Provisioning', () => {
  it('applies the steps in order and gathers what they contribute', async () => {
    const owner = { id: '1', username: 'ada', email: 'ada@acme.test', status: 'INVITED' } as const;
    const { runner, done, progress, deadline } = setUp({
      first: { apply: async () => ({ owner }) },
      second: { apply: async () => ({ invitationToken: 'token' }) },
    });
    await expect(runner.apply(TENANT, REQUEST, deadline)).resolves.toEqual({ owner, invitationToken: 'token' });
    expect(done).toEqual(['apply first', 'apply second']);
    expect(progress.notes).toEqual([
      { step: 'first', status: 'running' },
      { step: 'first', status: 'done' },
      { step: 'second', status: 'running' },
      { step: 'second', status: 'done' },
    ]);
  });

  it('tries a step again that failed twice', async () => {
    const { runner, done, progress, deadline } = setUp({ first: { apply: failing(2, new Error('away')) } });
    await runner.apply(TENANT, REQUEST, deadline);
    expect(done).toEqual(['apply first']);
    expect(progress.notes.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['running', undefined],
      ['running', 1],
      ['running', 2],
      ['done', undefined],
    ]);
  });

  it('gives a step up after three attempts, and says which and why', async () => {
    const cause = new Error('away');
    const { runner, done, progress, deadline } = setUp({ first: {}, second: { apply: failing(3, cause) }, third: {} });
    const failure: unknown = await runner.apply(TENANT, REQUEST, deadline).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure).toMatchObject({ step: 'second', cause });
    expect(done).toEqual(['apply first']);
    expect(progress.notes.at(-1)).toEqual({ step: 'second', status: 'failed', attempts: 3, lastError: 'Error: away' });
  });

  it('does not try again what a rule refused', async () => {
    const refusal = new ConflictError('user.email_taken', 'Taken.');
    const { runner, progress, deadline } = setUp({ first: { apply: failing(1, refusal) } });
    await expect(runner.apply(TENANT, REQUEST, deadline)).rejects.toMatchObject({ step: 'first', cause: refusal });
    expect(progress.notes.at(-1)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('tries again what was only unavailable', async () => {
    const { runner, done, deadline } = setUp({ first: { apply: failing(1, new UnavailableError()) } });
    await runner.apply(TENANT, REQUEST, deadline);
    expect(done).toEqual(['apply first']);
  });

  it('begins nothing after its budget is spent', async () => {
    const { runner, pace, done, deadline } = setUp({
      first: { apply: async () => void (pace.time = 90_001) },
      second: {},
    });
    await expect(runner.apply(TENANT, REQUEST, deadline)).rejects.toMatchObject({ step: 'second' });
    expect(done).toEqual(['apply first']);
  });

  it('rolls back in reverse what was begun, the step that failed as well', async () => {
    const { runner, done, progress, deadline } = setUp({
      first: {},
      second: { apply: failing(3, new Error('away')) },
      third: {},
    });
    await runner.apply(TENANT, REQUEST, deadline).catch(() => undefined);
    await runner.rollback(TENANT);
    expect(done).toEqual(['apply first', 'roll back second', 'roll back first']);
    expect(progress.notes.slice(-2).map(({ step, status }) => [step, status])).toEqual([
      ['second', 'rolled_back'],
      ['first', 'rolled_back'],
    ]);
  });

  it('records a rollback that fails, and goes on with the others', async () => {
    const { runner, done, progress, deadline } = setUp({
      first: {},
      second: { rollback: failing(1, new Error('stuck')) },
    });
    await runner.apply(TENANT, REQUEST, deadline);
    await runner.rollback(TENANT);
    expect(done).toEqual(['apply first', 'apply second', 'roll back first']);
    expect(progress.notes.slice(-2)).toEqual([
      { step: 'second', status: 'rollback_failed', lastError: 'Error: stuck' },
      { step: 'first', status: 'rolled_back' },
    ]);
  });
});

describe('The summary of a failure', () => {
  it('leaves out the part of a database error that repeats the arguments', () => {
    const error = new Error(
      'Invalid `prisma.credential.create()` invocation:\n{ passwordHash: "secret" }\n\nUnique constraint failed',
    );
    expect(summaryOf(error)).toBe('Error: Unique constraint failed');
  });

  it('names the code of an error of the application', () => {
    expect(summaryOf(new ConflictError('user.email_taken', 'Taken.'))).toBe('user.email_taken: Taken.');
  });
});
