import { Logger } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../../common/auth/actor.js';
import { UnavailableError } from '../../../../common/errors/app-error.js';
import type { Checkpoint, RunEnd, StepChange } from './checkpoint.js';
import { RunGraph } from './run-graph.js';
import type { ClaimedRun, SavedStep } from './run-leases.repository.js';
import { type RunBook, RunSession, type SavedWith, type SessionParts } from './run-session.js';

const SIGNALS = { signal: 0, cancelRequested: false };
const NODES = [
  { id: 'start', type: 'trigger' as const, config: {} },
  { id: 'pay', type: 'action' as const, config: {} },
];
const DEFINITION = {
  name: 'W',
  trigger: 'manual' as const,
  triggerConfig: {},
  settings: {},
  nodes: NODES,
  edges: [{ id: 'e', source: 'start', target: 'pay' }],
};

/** Keeps what is saved, and loses its connection when an action's transaction is committed. */
class ForgetfulBook implements RunBook {
  readonly steps = new Map<string, StepChange>();
  end: RunEnd | undefined;

  constructor(private readonly isCommitted: boolean) {}

  save(_: ClaimedRun, { steps }: Checkpoint): Promise<typeof SIGNALS> {
    for (const step of steps) this.steps.set(step.nodeId, { ...this.steps.get(step.nodeId), ...step });
    return Promise.resolve(SIGNALS);
  }

  renew(): Promise<typeof SIGNALS> {
    return Promise.resolve(SIGNALS);
  }

  findSteps(): Promise<SavedStep[]> {
    return Promise.resolve([...this.steps.values()] as unknown as SavedStep[]);
  }

  async finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void> {
    await this.save(run, checkpoint);
    this.end = end;
  }

  suspend(): Promise<boolean> {
    return Promise.resolve(true);
  }

  handOver(): Promise<void> {
    return Promise.resolve();
  }

  async atOnce<T>(run: ClaimedRun, _: number, action: () => Promise<SavedWith<T>>): Promise<T> {
    const { checkpoint } = await action();
    if (checkpoint && this.isCommitted) await this.save(run, checkpoint);
    throw new UnavailableError('database.unavailable', 'The connection is lost.');
  }
}

function sessionWith(book: RunBook, run: () => unknown): RunSession {
  const now = new Date();
  const claimed: ClaimedRun = {
    ...SIGNALS,
    id: 'run',
    fence: 1,
    workflowId: 'workflow',
    workflowVersion: 1,
    trigger: 'manual',
    depth: 0,
    rootEventId: null,
    attempt: 1,
    input: null,
    createdAt: now,
    startedAt: now,
    deadlineAt: null,
    now,
    owner: null,
  };
  const runner = { isTransactional: () => true, run: () => Promise.resolve({ kind: 'done', output: run() }) };
  const parts = {
    book,
    runner,
    metrics: { stepEnded: () => undefined },
    logger: new Logger(),
    rights: { of: () => ({ kind: 'acts', actor: SYSTEM_ACTOR }), confirm: () => Promise.resolve() },
    letGo: new AbortController().signal,
    giveUp: new AbortController().signal,
  };
  const plan = { definition: DEFINITION, graph: new RunGraph(DEFINITION) };
  return new RunSession(claimed, plan, [], parts as unknown as SessionParts);
}

describe('An action whose connection is lost during its commit', () => {
  it('is not done again when the commit took place', async () => {
    const book = new ForgetfulBook(true);
    let count = 0;
    await expect(sessionWith(book, () => (count += 1)).execute()).resolves.toBe('succeeded');
    expect(count).toBe(1);
    expect(book.end).toEqual({ status: 'succeeded', outputs: { pay: 1 } });
  });

  it('is tried again later when it did not', async () => {
    const book = new ForgetfulBook(false);
    await expect(sessionWith(book, () => null).execute()).resolves.toBe('waiting');
    expect(book.steps.get('pay')).toMatchObject({ status: 'pending', attempts: 1 });
  });
});
