import type { WorkflowEdge, WorkflowNode } from '../../workflows/definitions/definition.types.js';
import { RunGraph } from './run-graph.js';
import type { SavedStep } from './run-leases.repository.js';
import { RunState } from './run-state.js';
import type { StepFailure } from './run-state.types.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const FAILURE: StepFailure = { error: { code: 'x', message: 'y' }, isRetryable: true, isTemporary: false };

function node(id: string, rest: Partial<WorkflowNode> = {}): WorkflowNode {
  return { id, type: id === 'start' ? 'trigger' : 'action', config: {}, ...rest };
}

/** `start` is followed by all other nodes. */
function stateOf(nodes: WorkflowNode[], saved: SavedStep[] = [], edges?: WorkflowEdge[]): RunState {
  const all = nodes.slice(1).map(({ id }, index) => ({ id: `e${index}`, source: 'start', target: id }));
  return new RunState(new RunGraph({ nodes, edges: edges ?? all }), 'input', saved);
}

function saved(nodeId: string, rest: Partial<SavedStep>): SavedStep {
  const nothing = { wakeAt: null, approvers: null, deadlineAt: null, decision: null, decidedBy: null, comment: null };
  return {
    nodeId,
    status: 'running',
    attempts: 1,
    cutOffs: 0,
    input: 'input',
    output: null,
    error: null,
    ...nothing,
    ...rest,
  };
}
const started = saved('start', { status: 'succeeded', output: 'input' });

describe('What a worker knows of a run', () => {
  it('passes the trigger and begins what follows it, all in one checkpoint', () => {
    const state = stateOf([node('start'), node('a'), node('b')]);
    expect(state.startSteps(NOW).map(({ node: { id }, input, attempt }) => [id, input, attempt])).toEqual([
      ['a', 'input', 1],
      ['b', 'input', 1],
    ]);
    const { steps, events } = state.takeCheckpoint();
    expect(steps.map(({ nodeId, status }) => [nodeId, status])).toEqual([
      ['start', 'succeeded'],
      ['a', 'running'],
      ['b', 'running'],
    ]);
    expect(events.map(({ type }) => type)).toEqual(['step.succeeded', 'step.started', 'step.started']);
    expect(state.takeCheckpoint()).toEqual({ steps: [], events: [] });
  });

  it('begins no more than ten steps at the same time', () => {
    const nodes = Array.from({ length: 14 }, (_, n) => node(`n${n}`));
    const state = stateOf([node('start'), ...nodes]);
    const first = state.startSteps(NOW);
    expect(first).toHaveLength(10);
    for (const { node: done } of first.slice(0, 3)) state.succeed(done.id, null);
    expect(state.startSteps(NOW)).toHaveLength(3);
  });

  it('waits at least as long as the other side asked for, and at most a day', () => {
    const retry = { maxAttempts: 3, delayMs: 500, backoffMultiplier: 1, jitterMs: 0 };
    const state = stateOf([node('start'), node('a', { retry })]);
    state.startSteps(NOW);
    state.fail('a', { ...FAILURE, retryAfterMs: 90_000 }, NOW, 0);
    expect(state.progress(null, NOW)).toEqual({ kind: 'suspend', wakeAt: later(90_000) });
    state.startSteps(later(90_000));
    state.fail('a', { ...FAILURE, retryAfterMs: 10 ** 12 }, NOW, 0);
    expect(state.progress(null, NOW)).toEqual({ kind: 'suspend', wakeAt: later(24 * 3_600_000) });
  });

  it('plans the next try, and says when there is something to do', () => {
    const retry = { maxAttempts: 2, delayMs: 500, backoffMultiplier: 2, jitterMs: 0 };
    const state = stateOf([node('start'), node('a', { retry })]);
    state.startSteps(NOW);
    state.fail('a', FAILURE, NOW, 0);
    expect(state.startSteps(NOW)).toEqual([]);
    expect(state.progress(null, NOW)).toEqual({ kind: 'suspend', wakeAt: later(500) });
    expect(state.startSteps(later(500))).toMatchObject([{ attempt: 2 }]);
    state.fail('a', FAILURE, later(500), 0);
    expect(state.progress(null, later(500))).toMatchObject({
      kind: 'end',
      end: { status: 'failed', error: { nodeId: 'a' } },
    });
  });

  it('writes a step that fails and begins again at once as one change', () => {
    const retry = { maxAttempts: 2, delayMs: 0, backoffMultiplier: 1, jitterMs: 0 };
    const state = stateOf([node('start'), node('a', { retry })]);
    state.startSteps(NOW);
    state.takeCheckpoint();
    state.fail('a', FAILURE, NOW, 0);
    expect(state.startSteps(NOW)).toHaveLength(1);
    const { steps } = state.takeCheckpoint();
    expect(steps).toEqual([
      { nodeId: 'a', nodeType: 'action', status: 'running', attempts: 2, begins: true, input: 'input' },
    ]);
  });

  it('tries again what was no fault of the step, without a policy, with growing pauses', () => {
    const state = stateOf([node('start'), node('a')]);
    state.startSteps(NOW);
    const temporary = { ...FAILURE, isTemporary: true };
    state.fail('a', temporary, NOW, 0.5);
    expect(state.nextDue(null)).toEqual(later(1000));
    state.startSteps(later(1000));
    state.fail('a', temporary, later(1000), 0.5);
    expect(state.nextDue(null)).toEqual(later(3000));
  });

  it('does not try again what would fail again', () => {
    const retry = { maxAttempts: 5, delayMs: 0, backoffMultiplier: 1, jitterMs: 0 };
    const state = stateOf([node('start'), node('a', { retry })]);
    state.startSteps(NOW);
    state.fail('a', { ...FAILURE, isRetryable: false }, NOW);
    expect(state.progress(null, NOW)).toMatchObject({ kind: 'end', end: { status: 'failed' } });
  });

  it('begins again what another worker left in the middle, a bounded number of times', () => {
    const state = stateOf([node('start'), node('a')], [started, saved('a', { attempts: 8, cutOffs: 4 })]);
    state.resume(NOW);
    expect(state.startSteps(NOW)).toMatchObject([{ attempt: 9 }]);
    const given = stateOf([node('start'), node('a')], [started, saved('a', { attempts: 5, cutOffs: 5 })]);
    given.resume(NOW);
    expect(given.startSteps(NOW)).toEqual([]);
    expect(given.progress(null, NOW)).toMatchObject({ end: { error: { code: 'step.interrupted' } } });
  });

  it('runs one step at a time after the death of a worker, until those are over that were running', () => {
    const nodes = [node('start'), node('a'), node('b'), node('c')];
    const cut = [saved('a', { cutOffs: 1 }), saved('b', { cutOffs: 1 })];
    const all = nodes.slice(1).map(({ id }, index) => ({ id: `e${index}`, source: 'start', target: id }));
    const state = new RunState(new RunGraph({ nodes, edges: all }), 'input', [started, ...cut], 1);
    state.resume(NOW);
    expect(state.isSuspect).toBe(true);
    expect(state.startSteps(NOW).map(({ node: { id } }) => id)).toEqual(['a']);
    expect(state.startSteps(NOW)).toEqual([]);
    state.succeed('a', 1);
    expect(state.takeCheckpoint().hasRecovered).toBeUndefined();
    expect(state.startSteps(NOW).map(({ node: { id } }) => id)).toEqual(['b']);
    state.succeed('b', 1);
    expect([state.isSuspect, state.takeCheckpoint().hasRecovered]).toEqual([false, true]);
    expect(state.startSteps(NOW).map(({ node: { id } }) => id)).toEqual(['c']);
    expect(state.takeCheckpoint().hasRecovered).toBeUndefined();
  });

  it('names the step that workers die of, and no other', () => {
    const cut = [saved('a', { cutOffs: 1 }), saved('b', { cutOffs: 5 })];
    const state = stateOf([node('start'), node('a'), node('b')], [started, ...cut]);
    state.resume(NOW);
    expect(state.progress(null, NOW)).toMatchObject({ end: { error: { code: 'step.interrupted', nodeId: 'b' } } });
  });

  it('ends a run whose failure was saved by a worker that did not come to end it', () => {
    const failed = saved('a', { status: 'failed', error: { code: 'x', message: 'y' } });
    expect(stateOf([node('start'), node('a')], [started, failed]).progress(null, NOW)).toMatchObject({ kind: 'end' });
    const forgiven = stateOf([node('start'), node('a', { onError: 'continue' })], [started, failed]);
    expect(forgiven.progress(null, NOW)).toMatchObject({ end: { status: 'succeeded' } });
  });

  it('goes on after a delay with what came in, and after an approval with what was said', () => {
    const delayed = saved('a', { status: 'waiting', wakeAt: later(10) });
    const asked = saved('b', { status: 'waiting', approvers: [], deadlineAt: later(20) });
    const state = stateOf([node('start'), node('a'), node('b')], [started, delayed, asked]);
    state.resolveWaits(NOW);
    expect(state.progress(null, NOW)).toEqual({ kind: 'suspend', wakeAt: later(10) });
    state.applyDecisions([{ ...asked, decision: 'approved', decidedBy: 'me', comment: null }]);
    state.resolveWaits(later(10));
    expect(state.progress(null, later(10))).toEqual({
      kind: 'end',
      end: { status: 'succeeded', outputs: { a: 'input', b: { approved: true, decidedBy: 'me', comment: null } } },
    });
  });

  it('fails an approval that nobody decided in time', () => {
    const asked = saved('a', { status: 'waiting', approvers: [], deadlineAt: later(20) });
    const state = stateOf([node('start'), node('a')], [started, asked]);
    state.resolveWaits(later(20));
    expect(state.progress(null, later(20))).toMatchObject({
      end: { error: { code: 'approval.expired', nodeId: 'a' } },
    });
  });

  it('ends with its time, unless it has just succeeded', () => {
    const state = stateOf([node('start'), node('a')]);
    state.startSteps(NOW);
    expect(state.progress(later(5), later(5))).toMatchObject({ end: { error: { code: 'run.timeout' } } });
    state.succeed('a', 1);
    expect(state.progress(later(5), later(5))).toMatchObject({ end: { status: 'succeeded' } });
  });

  describe('of what is too much', () => {
    const join = [
      { id: 'e1', source: 'start', target: 'a' },
      { id: 'e2', source: 'start', target: 'b' },
      { id: 'e3', source: 'a', target: 'join' },
      { id: 'e4', source: 'b', target: 'join' },
    ];
    const large = { text: 'x'.repeat(2_500_000) };

    function joining(edges: WorkflowEdge[], rest: Partial<WorkflowNode> = {}): RunState {
      const done = ['a', 'b'].map((id) => saved(id, { status: 'succeeded', output: large }));
      const nodes = [node('start'), node('a'), node('b'), node('join', rest), node('then')];
      return stateOf(nodes, [started, ...done], edges);
    }

    it('fails the step at which it arrives, and keeps nothing of it', () => {
      const state = joining([...join, { id: 'e5', source: 'join', target: 'then' }]);
      expect(state.startSteps(NOW)).toEqual([]);
      expect(state.progress(null, NOW)).toMatchObject({ end: { error: { code: 'step.input', nodeId: 'join' } } });
      expect(state.takeCheckpoint().steps).toMatchObject([{ nodeId: 'join', status: 'failed', input: null }]);
    });

    it('lets others follow where the workflow goes on after errors', () => {
      const state = joining([...join, { id: 'e5', source: 'join', target: 'then', label: 'error' }], {
        onError: 'continue',
      });
      expect(state.startSteps(NOW)).toMatchObject([{ node: { id: 'then' }, input: { error: { code: 'step.input' } } }]);
      expect(state.progress(null, NOW)).toEqual({ kind: 'continue' });
    });

    it('is looked at again when the run is retried', () => {
      const again = saved('join', { status: 'pending', attempts: 0, input: null });
      const done = ['a', 'b'].map((id) => saved(id, { status: 'succeeded', output: 1 }));
      const state = stateOf([node('start'), node('a'), node('b'), node('join')], [started, ...done, again], join);
      expect(state.startSteps(NOW)).toMatchObject([{ node: { id: 'join' }, input: { a: 1, b: 1 }, attempt: 1 }]);
    });

    it('fails a run of which all steps together keep too much', () => {
      const nodes = Array.from({ length: 70 }, (_, n) => node(`n${n}`));
      const done = nodes.slice(1).map(({ id }) => saved(id, { status: 'succeeded', output: 'x'.repeat(1_000_000) }));
      const state = stateOf([node('start'), ...nodes], [started, ...done]);
      expect(state.startSteps(NOW)).toEqual([]);
      expect(state.progress(null, NOW)).toMatchObject({ end: { error: { code: 'run.too_large' } } });
    });

    const megabyte = 'x'.repeat(1_048_576);

    it('is noticed when a step ends, and is the failure of that step', () => {
      const nodes = Array.from({ length: 20 }, (_, n) => node(`n${n}`, n === 15 ? { onError: 'continue' } : {}));
      const state = stateOf([node('start'), ...nodes]);
      for (let count = 0; count < 15; count += 1) {
        state.takeCheckpoint();
        state.startSteps(NOW);
        state.succeed(`n${count}`, `${megabyte}${count}`);
      }
      state.takeCheckpoint();
      state.startSteps(NOW);
      state.succeed('n15', `${megabyte}x`);
      expect(state.keptBytes).toBeLessThan(16 * 1_048_576);
      const last = state.takeCheckpoint().steps.find(({ nodeId }) => nodeId === 'n15');
      expect(last).toMatchObject({ status: 'failed', error: { code: 'run.too_large' } });
      expect(last?.output).toBeUndefined();
      expect(state.progress(null, NOW)).toEqual({ kind: 'continue' });
      // Saved in its own transaction: the step has succeeded, although the run has ended.
      state.startSteps(NOW);
      state.markSucceeded('n16', `${megabyte}y`);
      expect(state.progress(null, NOW)).toMatchObject({ end: { error: { code: 'run.too_large', nodeId: 'n16' } } });
    });

    it('is counted once, however many steps it passes through', () => {
      const nodes = Array.from({ length: 40 }, (_, n) => node(`n${n}`));
      const chain = nodes.slice(1).map(({ id }, n) => ({ id, source: `n${n}`, target: id }));
      const state = stateOf(nodes, [], chain);
      for (let [next] = state.startSteps(NOW); next; [next] = state.startSteps(NOW)) {
        state.takeCheckpoint();
        state.succeed(next.node.id, next.node.id === 'n0' ? megabyte : next.input);
        state.takeCheckpoint();
      }
      expect(state.progress(null, NOW)).toMatchObject({ end: { status: 'succeeded' } });
      expect(state.keptBytes).toBeLessThan(2 * 1_048_576);
    });

    it('counts what is many as what it takes in memory', () => {
      const state = stateOf([node('start'), node('a')]);
      state.startSteps(NOW);
      state.succeed(
        'a',
        new Array(200_000).fill(1).map(() => []),
      );
      expect(state.keptBytes).toBeGreaterThan(200_000 * 24);
    });

    it('begins in parts, each of which a checkpoint can hold', () => {
      const nodes = Array.from({ length: 8 }, (_, n) => node(`n${n}`));
      const first = saved('start', { status: 'succeeded', output: { a: megabyte, b: `${megabyte}b` } });
      const state = stateOf([node('start'), ...nodes], [first]);
      const begun: string[] = [];
      for (let starts = state.startSteps(NOW); starts.length > 0; starts = state.startSteps(NOW)) {
        expect(starts.length).toBeLessThanOrEqual(2);
        begun.push(...starts.map(({ node: { id } }) => id));
        const isLast = begun.length === 8;
        expect(state.hasMore).toBe(!isLast);
        // Steps that are about to start have not ended the run.
        expect(state.progress(null, NOW)).toEqual({ kind: 'continue' });
        state.takeCheckpoint();
        for (const { node: over } of starts.slice(0, isLast ? 0 : 2)) state.succeed(over.id, null);
        expect(state.progress(null, NOW).kind).toBe('continue');
        state.takeCheckpoint();
      }
      expect(begun).toHaveLength(8);
    });
  });
});
