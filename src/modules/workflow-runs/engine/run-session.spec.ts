import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import type { Checkpoint, RunEnd, StepChange } from './checkpoint.js';
import type { RunPlan } from './run-definitions.js';
import { RunGraph } from './run-graph.js';
import type { ClaimedRun } from './run-leases.repository.js';
import { NoTracing } from '../../../common/tracing/tracing.js';
import { RunSpans } from './run-spans.js';
import { RunSession } from './run-session.js';
import type { RunStore, WithCheckpoint, SessionParts } from './session-parts.js';

const SIGNALS = { signal: 0, cancelRequested: false, owner: null };
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

/** Keeps saved state, but loses its connection when an action's transaction is committed. */
class ForgetfulBook implements RunStore {
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

  findDecisions(): Promise<[]> {
    return Promise.resolve([]);
  }

  findOutput(_: string, nodeId: string): Promise<JsonValue | undefined> {
    const step = this.steps.get(nodeId);
    return Promise.resolve(step?.status === 'succeeded' ? step.output : undefined);
  }

  async finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void> {
    await this.save(run, checkpoint);
    this.end = end;
  }

  suspend(): Promise<boolean> {
    return Promise.resolve(true);
  }

  requeue(): Promise<void> {
    return Promise.resolve();
  }

  async inTransaction<T>(run: ClaimedRun, _: number, action: () => Promise<WithCheckpoint<T>>): Promise<T> {
    const { checkpoint } = await action();
    if (checkpoint && this.isCommitted) await this.save(run, checkpoint);
    throw new UnavailableError('database.unavailable', 'The connection is lost.');
  }
}

/** Keeps saved state unless `refuse` throws. */
class PlainBook extends ForgetfulBook {
  constructor(private readonly refuse: (checkpoint: Checkpoint) => void = () => undefined) {
    super(true);
  }

  override save(run: ClaimedRun, checkpoint: Checkpoint): Promise<typeof SIGNALS> {
    this.refuse(checkpoint);
    return super.save(run, checkpoint);
  }

  override async finish(run: ClaimedRun, checkpoint: Checkpoint, end: RunEnd): Promise<void> {
    await this.save(run, checkpoint);
    this.end = end;
  }
}

function sessionWith(store: RunStore, run: () => unknown): RunSession {
  return sessionOf(store, DEFINITION, () => ({ kind: 'done', output: run() }), true);
}

function sessionOf(
  store: RunStore,
  definition: RunPlan['definition'],
  run: (nodeId: string) => object,
  isTransactional = false,
): RunSession {
  const now = new Date();
  const claimed: ClaimedRun = {
    ...SIGNALS,
    id: 'run',
    fence: 1,
    workflowId: 'workflow',
    workflowVersion: 1,
    scriptVersions: {},
    trigger: 'manual',
    depth: 0,
    rootEventId: null,
    traceparent: null,
    request: null,
    attempt: 1,
    input: null,
    createdAt: now,
    startedAt: now,
    deadlineAt: null,
    now,
    cutOffs: 0,
    wasCutOff: false,
  };
  const runner = {
    isTransactional: () => isTransactional,
    run: ({ id }: { id: string }) => Promise.resolve(run(id)),
  };
  const parts = {
    store,
    runner,
    metrics: { stepEnded: () => undefined },
    spans: new RunSpans(new NoTracing()),
    logger: { warn: () => undefined, error: () => undefined },
    resizeMemory: () => true,
    recovered: () => undefined,
    rights: {
      ofLatest: () => Promise.resolve({ kind: 'acts', actor: SYSTEM_ACTOR }),
      confirm: () => Promise.resolve(),
    },
    drain: new AbortController().signal,
    abort: new AbortController().signal,
  };
  const plan = { definition, graph: new RunGraph(definition) };
  return new RunSession(claimed, plan, [], parts as unknown as SessionParts);
}

describe('An action whose connection is lost during its commit', () => {
  it('is not done again when the commit took place', async () => {
    const store = new ForgetfulBook(true);
    let count = 0;
    await expect(sessionWith(store, () => (count += 1)).execute()).resolves.toBe('succeeded');
    expect(count).toBe(1);
    expect(store.end).toEqual({ status: 'succeeded', outputs: { pay: 1 } });
  });

  it('is tried again later when it did not', async () => {
    const store = new ForgetfulBook(false);
    await expect(sessionWith(store, () => null).execute()).resolves.toBe('waiting');
    expect(store.steps.get('pay')).toMatchObject({ status: 'pending', attempts: 1 });
  });
});

describe('What a step comes to', () => {
  // Two branches; the first may fail.
  const branches = {
    ...DEFINITION,
    nodes: [NODES[0]!, { ...NODES[1]!, id: 'odd', onError: 'continue' as const }, { ...NODES[1]!, id: 'even' }],
    edges: ['odd', 'even'].map((target) => ({ id: target, source: 'start', target })),
  };
  const done = (output: unknown): object => ({ kind: 'done', output });

  it.each<[string, object]>([
    ['a wait without a time', { kind: 'wait', until: new Date(Number.NaN) }],
    ['an approval without a deadline', { kind: 'wait', approval: { deadline: new Date(Number.NaN) } }],
    ['approvers that are no list', { kind: 'wait', approval: { approvers: 5 } }],
  ])('is its own failure when it cannot be taken over: %s', async (_, outcome) => {
    const store = new PlainBook();
    const session = sessionOf(store, branches, (id) => (id === 'odd' ? outcome : done(id)));
    await expect(session.execute()).resolves.toBe('succeeded');
    expect(store.steps.get('odd')).toMatchObject({ status: 'failed', error: { code: 'step.internal' } });
    expect(store.end).toMatchObject({ outputs: { even: 'even' } });
  });

  it.each(['22P05', '22021', '54000'])('is its own failure when the database cannot keep it (%s)', async (code) => {
    const store = new PlainBook(({ steps }) => {
      if (JSON.stringify(steps).includes('poison')) throw Object.assign(new Error('no'), { code });
    });
    const even = Promise.withResolvers<object>();
    const session = sessionOf(store, branches, (id) => (id === 'odd' ? done('poison') : even.promise));
    setTimeout(() => even.resolve(done('even')), 50);
    await expect(session.execute()).resolves.toBe('succeeded');
    expect(store.steps.get('odd')).toMatchObject({ status: 'failed', error: { code: 'step.output' } });
    expect(store.end).toMatchObject({ outputs: { even: 'even' } });
  });

  it('is its own failure also where the run ends with it', async () => {
    const store = new PlainBook(({ steps }) => {
      if (JSON.stringify(steps).includes('poison')) throw Object.assign(new Error('no'), { code: '22P05' });
    });
    await expect(sessionOf(store, DEFINITION, () => done('poison')).execute()).resolves.toBe('failed');
    expect(store.end).toMatchObject({ status: 'failed', error: { code: 'step.output', nodeId: 'pay' } });
  });

  it('is saved later when the connection is not queryable, and not done again', async () => {
    let [refusals, count] = [0, 0];
    const store = new PlainBook(({ steps }) => {
      if (!steps.some(({ nodeId, status }) => nodeId === 'pay' && status === 'succeeded') || refusals === 2) return;
      refusals += 1;
      throw new Error('Client has encountered a connection error and is not queryable');
    });
    await expect(sessionOf(store, DEFINITION, () => done((count += 1))).execute()).resolves.toBe('succeeded');
    expect([refusals, count]).toEqual([2, 1]);
  });
});
