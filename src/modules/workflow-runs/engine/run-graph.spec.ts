import type { JsonValue } from '../../../common/json/json-object.js';
import type { WorkflowEdge, WorkflowNode } from '../../workflows/definitions/definition.types.js';
import { RunGraph, type StepState } from './run-graph.js';

/** Each line is `a -> b` or `a -true-> b`. Nodes whose names begin with c are conditions. */
function graphOf(...lines: string[]): RunGraph {
  const edges = lines.map((line, index): WorkflowEdge => {
    const [, source, label, target] = /^(\S+) -(?:(\w+)-)?> (\S+)$/.exec(line)!;
    return { id: `e${index}`, source: source!, target: target!, ...(label && { label }) };
  });
  const ids = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const nodes = [...ids].map((id): WorkflowNode => ({
    id,
    type: id.startsWith('c') ? 'condition' : 'transform',
    config: {},
  }));
  return new RunGraph({ nodes, edges });
}

const done = (output: JsonValue, input: JsonValue = null): StepState => ({
  status: 'succeeded',
  input,
  output,
  error: null,
});
const is = (status: StepState['status'], input: JsonValue = null): StepState => ({
  status,
  input,
  output: null,
  error: status === 'failed' ? { code: 'x', message: 'y' } : null,
});

function next(
  graph: RunGraph,
  states: Record<string, StepState>,
): { start: Record<string, JsonValue>; skip: string[] } {
  const { start, skip } = graph.advance(new Map(Object.entries(states)), 'run input');
  return {
    start: Object.fromEntries(start.map(({ node, input }) => [node.id, input])),
    skip: skip.map(({ id }) => id),
  };
}

describe('The graph of a run', () => {
  it('begins where no edge leads to, with its input', () => {
    expect(next(graphOf('a -> b', 'x -> b'), {})).toEqual({ start: { a: 'run input', x: 'run input' }, skip: [] });
  });

  it('hands on what a step gave', () => {
    expect(next(graphOf('a -> b'), { a: done({ n: 1 }) })).toEqual({ start: { b: { n: 1 } }, skip: [] });
  });

  it('waits while a step has not finished', () => {
    for (const status of ['running', 'waiting', 'pending'] as const) {
      expect(next(graphOf('a -> b'), { a: is(status) })).toEqual({ start: {}, skip: [] });
    }
  });

  it('takes all branches at once, and joins them by the ids of the steps before', () => {
    const graph = graphOf('a -> b', 'a -> d', 'b -> e', 'd -> e');
    expect(next(graph, { a: done(1) }).start).toEqual({ b: 1, d: 1 });
    expect(next(graph, { a: done(1), b: done(2), d: is('running') }).start).toEqual({});
    expect(next(graph, { a: done(1), b: done(2), d: done(3) }).start).toEqual({ e: { b: 2, d: 3 } });
  });

  it.each([
    [true, 'yes', 'no'],
    [false, 'no', 'yes'],
  ])('follows a condition that is %s, which passes its input on', (outcome, taken, left) => {
    const graph = graphOf('c -true-> yes', 'c -false-> no');
    expect(next(graph, { c: done(outcome, 'data') })).toEqual({ start: { [taken]: 'data' }, skip: [left] });
  });

  it('takes an edge without a label on true', () => {
    expect(next(graphOf('c -> b'), { c: done(true, 1) }).start).toEqual({ b: 1 });
    expect(next(graphOf('c -> b'), { c: done(false, 1) }).skip).toEqual(['b']);
  });

  it('skips what follows only from what was skipped', () => {
    const graph = graphOf('c -true-> x', 'c -false-> y', 'x -> z', 'z -> end', 'y -> end');
    expect(next(graph, { c: done(false, 7) })).toEqual({ start: { y: 7 }, skip: ['x', 'z'] });
  });

  it('joins what is live, once the rest is decided', () => {
    const graph = graphOf('c -true-> x', 'c -false-> y', 'x -> end', 'y -> end');
    expect(next(graph, { c: done(true, 7), x: done(8), y: is('skipped') }).start).toEqual({ end: 8 });
  });

  it('takes the edges labelled error, and no others, from a step that failed and continues', () => {
    const graph = graphOf('a -> b', 'a -error-> rescue');
    expect(next(graph, { a: is('failed', 'what it got') })).toEqual({
      start: { rescue: { error: { code: 'x', message: 'y' }, input: 'what it got' } },
      skip: ['b'],
    });
    expect(next(graph, { a: done(1) })).toEqual({ start: { b: 1 }, skip: ['rescue'] });
  });

  it('comes to what the last steps gave', () => {
    const graph = graphOf('a -> b', 'a -> d', 'c -false-> e');
    const states = new Map(Object.entries({ a: done(1), b: done(2), d: done(null), c: done(true), e: is('skipped') }));
    expect(graph.outputs(states)).toEqual({ b: 2, d: null });
  });

  it('two edges between the same steps are no join', () => {
    expect(next(graphOf('c -true-> b', 'c -> b'), { c: done(true, 1) }).start).toEqual({ b: 1 });
  });

  it('is not made of circles', () => {
    expect(() => graphOf('a -> b', 'b -> a')).toThrow('cycle');
  });
});
