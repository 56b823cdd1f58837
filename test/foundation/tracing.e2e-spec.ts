import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { withClient } from '../../scripts/db/connect.ts';
import { EXPORT_TIMEOUT_MS } from '../../src/common/tracing/exported-tracing.js';
import { Tracing } from '../../src/common/tracing/tracing.js';
import { type AnsweringServer, createAnsweringServer } from '../support/answering-server.js';
import { eventually } from '../support/eventually.js';
import { type ReceivedSpan, SpanReceiver } from '../support/span-receiver.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { testDatabase } from '../support/test-database.js';
import { action, edges, trigger, WorkflowWorld } from '../support/workflow-world.js';

jest.setTimeout(120_000);

const LOOPBACK = ['127.0.0.0/8'];
const newTraceId = (): string => randomBytes(16).toString('hex');
const SPAN_ID = '00f067aa0ba902b7';
const parentOf = (traceId: string, flags = '01'): string => `00-${traceId}-${SPAN_ID}-${flags}`;

/** Whether a chain of parents leads from one span to the other. */
function isBelow(spans: ReceivedSpan[], span: ReceivedSpan, ancestor: ReceivedSpan): boolean {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent !== undefined && (parent === ancestor || isBelow(spans, parent, ancestor));
}

function only(spans: ReceivedSpan[], name: string): ReceivedSpan {
  const [found, ...more] = spans.filter((span) => span.name === name);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} spans are called ${name}.`);
  return found;
}

describe('Tracing', () => {
  let receiver: SpanReceiver;
  let target: AnsweringServer;
  let app: TestApp;
  let world: WorkflowWorld;

  beforeAll(async () => {
    receiver = await SpanReceiver.open();
    target = await createAnsweringServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"answer":"secret-answer"}');
    });
    app = await createTestApp({
      APP_ROLE: 'all',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.endpoint}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-token=a%20token',
      WORKFLOW_HTTP_ALLOWED_HOSTS: LOOPBACK,
    });
    world = await WorkflowWorld.create(app);
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([receiver.close(), target.close()]);
  });

  it('exports a request with its statements in the trace that its client named, with nothing of what was in it', async () => {
    const traceId = newTraceId();
    const body = { name: 'secret-name', nodes: [trigger()], edges: [] };
    const response = await world
      .as('owner')
      .post('/workflows?secret=query', body, { traceparent: parentOf(traceId), tracestate: 'vendor=value' });
    expect(response.status).toBe(201);
    const spans = await receiver.trace(traceId, 'POST /api/v1/workflows');
    const request = only(spans, 'POST /api/v1/workflows');
    expect(request).toMatchObject({ parentSpanId: SPAN_ID, traceState: 'vendor=value' });
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.path': '/api/v1/workflows',
      'http.response.status_code': 201,
      'tenantry.tenant.id': world.tenants.tenant.id,
      'tenantry.request.id': response.headers['x-request-id'],
    });
    const inserts = spans.filter(({ name }) => name === 'INSERT');
    expect(inserts.length).toBeGreaterThan(0);
    for (const insert of inserts) {
      expect(isBelow(spans, insert, request)).toBe(true);
      expect(insert.attributes['db.query.text']).toMatch(/\$1/);
    }
    expect(JSON.stringify(spans)).not.toMatch(/secret-name|secret=query/);
    expect(receiver.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/traces',
      headers: { 'x-collector-token': 'a token' },
    });
  });

  it('follows a run from the request through the queue to its worker, its steps and what they ask for', async () => {
    const nodes = [
      trigger(),
      action('told', 'http.request', { url: `${target.origin}/told`, trace: true, query: { q: 'secret-value' } }),
      action('untold', 'http.request', { url: `${target.origin}/untold` }),
    ];
    const workflowId = await world.workflow(nodes, edges('start -> told', 'told -> untold'));
    const traceId = newTraceId();
    const started = await world
      .as('owner')
      .post(
        `/workflows/${workflowId}/runs`,
        { input: { word: 'secret-input' } },
        { traceparent: parentOf(traceId, '00') },
      );
    expect(started.status).toBe(202);
    const { id } = started.body as { id: string };
    expect((await world.reached(id)).status).toBe('succeeded');
    const spans = await receiver.trace(traceId, 'task workflow.run');
    const request = only(spans, 'POST /api/v1/workflows/:id/runs');
    const task = only(spans, 'task workflow.run');
    const run = only(spans, 'workflow run');
    const steps = spans.filter(({ name }) => name === 'step action');
    const calls = spans.filter(({ name }) => name === 'http.request');
    expect(isBelow(spans, task, request)).toBe(true);
    expect(isBelow(spans, run, request)).toBe(true);
    expect(run.links).toEqual([expect.objectContaining({ spanId: task.spanId })]);
    expect(run.attributes).toMatchObject({ 'tenantry.run.id': id, 'tenantry.workflow.id': workflowId });
    expect(steps.map(({ attributes }) => attributes['tenantry.step.node'])).toEqual(['told', 'untold']);
    for (const step of steps) expect(isBelow(spans, step, run)).toBe(true);
    expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual(steps.map(({ spanId }) => spanId));
    const headersAt = (url: string): object => target.requests.find((asked) => asked.url.startsWith(url))!.headers;
    expect(headersAt('/told')).toMatchObject({ traceparent: `00-${traceId}-${calls[0]!.spanId}-01` });
    expect(headersAt('/untold')).not.toHaveProperty('traceparent');
    expect(JSON.stringify(spans)).not.toMatch(/secret-/);
  });

  it('notes failures by their codes, without their messages', async () => {
    const traceId = newTraceId();
    const workflowId = await world.workflow(
      [trigger(), { id: 'bad', type: 'lua', config: { code: 'error("secret-message")' } }],
      edges('start -> bad'),
    );
    const started = await world
      .as('owner')
      .post(`/workflows/${workflowId}/runs`, { input: {} }, { traceparent: parentOf(traceId) });
    await world.reached((started.body as { id: string }).id);
    const spans = await receiver.trace(traceId, 'task workflow.run');
    expect(only(spans, 'step lua')).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'ScriptError' } });
    expect(JSON.stringify(spans)).not.toMatch(/secret-message/);
  });

  it.each([
    ['no such form', 'nonsense', undefined],
    ['an id of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`, undefined],
    ['a forbidden version', `ff-${'1'.repeat(32)}-${SPAN_ID}-01`, undefined],
    ['capital letters', `00-${'A'.repeat(32)}-${SPAN_ID}-01`, undefined],
    ['more than its version has', `00-${'2'.repeat(32)}-${SPAN_ID}-01-more`, undefined],
    ['endless length', `01-${'3'.repeat(32)}-${SPAN_ID}-01-${'x'.repeat(4000)}`, undefined],
    ['two at once', `00-${'4'.repeat(32)}-${SPAN_ID}-01, 00-${'5'.repeat(32)}-${SPAN_ID}-01`, undefined],
    ['a state without a parent', undefined, 'vendor=value'],
  ])('begins a trace of its own for a context with %s', async (_what, traceparent, tracestate) => {
    const headers = {
      ...(traceparent !== undefined && { traceparent }),
      ...(tracestate !== undefined && { tracestate }),
    };
    const response = await world.as('owner').get('/workflows', headers);
    expect(response.status).toBe(200);
    const span = await spanOf(response.headers['x-request-id'] as string);
    expect(span.parentSpanId ?? '').toBe('');
    expect(span.traceState ?? '').toBe('');
    if (traceparent !== undefined) expect(traceparent).not.toContain(span.traceId);
  });

  it.each([
    ['too long', `a=${'x'.repeat(250)},b=${'y'.repeat(250)},c=${'z'.repeat(250)}`],
    ['malformed', '=,\u00e9;;a b,==,UPPER=x'],
  ])('keeps the parent and ignores a tracestate that is %s', async (_what, tracestate) => {
    const traceId = newTraceId();
    const response = await world.as('owner').get('/workflows', { traceparent: parentOf(traceId), tracestate });
    const span = await spanOf(response.headers['x-request-id'] as string);
    expect(span).toMatchObject({ traceId, parentSpanId: SPAN_ID });
    expect(span.traceState ?? '').toBe('');
  });

  it('has no spans of probes', async () => {
    await app.http.get('/livez').expect(200);
    const response = await world.as('owner').get('/workflows');
    await spanOf(response.headers['x-request-id'] as string);
    expect(receiver.spans.map(({ attributes }) => attributes['url.path'])).not.toContain('/livez');
  });

  async function spanOf(requestId: string): Promise<ReceivedSpan> {
    const ofRequest = (): ReceivedSpan[] =>
      receiver.spans.filter(({ attributes }) => attributes['tenantry.request.id'] === requestId);
    const spans = await eventually(
      () => Promise.resolve(ofRequest()),
      (found) => found.length > 0,
    );
    return spans[0]!;
  }
});

describe('Tracing of a share', () => {
  it('records nothing with the share 0, whatever the flag of the client says, and tells those behind it', async () => {
    const receiver = await SpanReceiver.open();
    const target = await createAnsweringServer((_request, response) => void response.end());
    const app = await createTestApp({
      APP_ROLE: 'all',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER_ARG: 0,
      WORKFLOW_HTTP_ALLOWED_HOSTS: LOOPBACK,
    });
    const world = await WorkflowWorld.create(app);
    const call = action('call', 'http.request', { url: target.origin, trace: true });
    const workflowId = await world.workflow([trigger(), call], edges('start -> call'));
    const traceId = newTraceId();
    const started = await world
      .as('owner')
      .post(`/workflows/${workflowId}/runs`, { input: {} }, { traceparent: parentOf(traceId) });
    await world.reached((started.body as { id: string }).id);
    await app.close();
    expect(target.requests[0]!.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(receiver.requests).toEqual([]);
    await Promise.all([receiver.close(), target.close()]);
  });
});

describe('Without an endpoint', () => {
  it('nothing is recorded, sent along or kept, though a client and a workflow ask for it', async () => {
    const target = await createAnsweringServer((_request, response) => void response.end());
    const app = await createTestApp({ APP_ROLE: 'all', WORKFLOW_HTTP_ALLOWED_HOSTS: LOOPBACK });
    const world = await WorkflowWorld.create(app);
    const call = action('call', 'http.request', { url: target.origin, trace: true });
    const workflowId = await world.workflow([trigger(), call], edges('start -> call'));
    const started = await world
      .as('owner')
      .post(`/workflows/${workflowId}/runs`, { input: {} }, { traceparent: parentOf(newTraceId()) });
    const { id } = started.body as { id: string };
    expect((await world.reached(id)).status).toBe('succeeded');
    expect(app.app.get(Tracing).isOn).toBe(false);
    expect(target.requests[0]!.headers).not.toHaveProperty('traceparent');
    const { adminUrl } = await testDatabase();
    await withClient(adminUrl, async (admin) => {
      const { rows } = await admin.query('SELECT traceparent FROM workflow_runs WHERE id = $1', [id]);
      expect(rows).toEqual([{ traceparent: null }]);
    });
    await app.close();
    await target.close();
  });
});

describe('A collector that does not answer', () => {
  const sockets: Socket[] = [];

  it.each([
    ['takes connections and says nothing', true],
    ['is not there', false],
  ])('and %s delays and fails no request, and does not keep the process', async (_what, isListening) => {
    const silent = await listen();
    const { port } = silent.address() as AddressInfo;
    if (!isListening) silent.close();
    const app = await createTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, LOG_LEVEL: 'warn' });
    const plain = await createTestApp();
    const medianOf = async (asked: TestApp): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 100; round += 1) {
        const startedAt = performance.now();
        await asked.http.get('/api/v1/nothing').expect(404);
        times.push(performance.now() - startedAt);
      }
      return times.sort((a, b) => a - b)[50]!;
    };
    await medianOf(plain);
    const [without, traced] = [await medianOf(plain), await medianOf(app)];
    expect(traced).toBeLessThan(without * 5 + 5);
    const shuttingDown = performance.now();
    await app.close();
    // Less than the exporter itself would wait for one export.
    expect(performance.now() - shuttingDown).toBeLessThan(EXPORT_TIMEOUT_MS);
    await plain.close();
    silent.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    expect(JSON.stringify(app.log)).not.toContain(String(port));
  });

  async function listen(): Promise<Server> {
    const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }
});
