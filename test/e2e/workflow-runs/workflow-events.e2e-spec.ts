import { randomUUID } from 'node:crypto';
import { DrainService } from '../../../src/common/http/drain.service.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { EventStream } from '../../support/event-stream.js';
import { factories } from '../../support/factories.js';
import { heardOfEverything } from '../../support/heard.js';
import { gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { action, edges, log, trigger, WorkflowWorld } from '../../support/workflow-world.js';

let app: TestApp;
let world: WorkflowWorld;
let probe: StepProbe;
beforeAll(async () => {
  app = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
  world = await WorkflowWorld.create(app);
  probe = app.app.get(StepProbe);
  await heardOfEverything(app);
});
afterAll(() => app.close());

const bearer = async (): Promise<Record<string, string>> => ({
  Authorization: `Bearer ${await world.tenants.tokenOf('owner')}`,
});

async function finished(): Promise<string> {
  return (await world.run([trigger(), log('say', 'hello')], edges('start -> say'))).id;
}

/** A run in the middle of a step; `open` ends the step. */
async function inTheMiddle(): Promise<{ id: string; open: () => void }> {
  const key = randomUUID();
  const { opened, open } = gate();
  probe.behave(key, () => opened);
  const id = await world.start(
    await world.workflow(
      [trigger(), action('hold', 'test.probe', { key }), log('say')],
      edges('start -> hold', 'hold -> say'),
    ),
  );
  await probe.begun(key);
  return { id, open };
}

const typesOf = ({ events }: EventStream): string[] => events.map(({ event }) => event);

describe('The events of a run', () => {
  it('are told from the beginning, numbered, and end with the run', async () => {
    const id = await finished();
    const stream = await EventStream.open(app, `/workflow-runs/${id}/events`, await bearer());
    await stream.ended;
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('content-encoding')).toBeNull();
    expect(typesOf(stream)).toEqual([
      'run.queued',
      'run.started',
      'step.succeeded',
      'step.started',
      'step.log',
      'step.succeeded',
      'run.succeeded',
    ]);
    expect(stream.events.map((event) => event.id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(stream.events[4]!.data).toMatchObject({ seq: 5, nodeId: 'say', data: { message: 'hello', attempt: 1 } });
  });

  it('come as they happen', async () => {
    const { id, open } = await inTheMiddle();
    const stream = await EventStream.open(app, `/workflow-runs/${id}/events`, await bearer());
    await stream.saw('step.started');
    expect(typesOf(stream)).not.toContain('step.log');
    open();
    await stream.saw('run.succeeded');
    await stream.ended;
  });

  it('go on after the last one that was seen, without a gap and without a repetition', async () => {
    const { id, open } = await inTheMiddle();
    const first = await EventStream.open(app, `/workflow-runs/${id}/events`, await bearer());
    await first.saw('step.started');
    first.close();
    await first.ended;
    open();
    await world.reached(id);
    const last = first.events.at(-1)!.id;
    const second = await EventStream.open(app, `/workflow-runs/${id}/events`, {
      ...(await bearer()),
      'Last-Event-ID': last,
    });
    await second.ended;
    const ids = [...first.events, ...second.events].map((event) => Number(event.id));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(typesOf(second).at(-1)).toBe('run.succeeded');
    const third = await EventStream.open(app, `/workflow-runs/${id}/events?lastEventId=${ids.length}`, await bearer());
    expect(third.response.status).toBe(204);
  });

  it.each(['8', '-1', '1.5', 'x', '99999999999999999999'])(
    'are told from the beginning to whoever saw %s last, which is none of them',
    async (last) => {
      const id = await finished();
      const headers = { ...(await bearer()), 'Last-Event-ID': last };
      const stream = await EventStream.open(app, `/workflow-runs/${id}/events`, headers);
      await stream.ended;
      expect(stream.events.map((event) => event.id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    },
  );

  it('are heard in other processes', async () => {
    const elsewhere = await createTestApp();
    await heardOfEverything(elsewhere);
    const { id, open } = await inTheMiddle();
    const stream = await EventStream.open(elsewhere, `/workflow-runs/${id}/events`, await bearer());
    await stream.saw('step.started');
    open();
    await stream.saw('run.succeeded');
    await elsewhere.close();
  });

  it('end, with a word when to come back, when the process drains', async () => {
    const leaving = await createTestApp();
    await heardOfEverything(leaving);
    const { id, open } = await inTheMiddle();
    const stream = await EventStream.open(leaving, `/workflow-runs/${id}/events`, await bearer());
    await stream.saw('step.started');
    await leaving.app.get(DrainService).run();
    await stream.ended;
    expect(stream.raw.trimEnd()).toMatch(/\nretry: \d+$/);
    open();
    await leaving.close();
  });

  it.each(['the sign-in is ended', 'the user is deactivated', 'the tenant is suspended'])(
    'end when %s',
    async (what) => {
      const there = await WorkflowWorld.create(app);
      const person = await there.tenants.make.createUser(there.tenants.tenant, { role: 'manager' });
      const token = await there.tenants.make.tokenFor(person);
      const id = await there.start(
        await there.workflow([trigger(), action('wait', 'delay', { ms: 3_600_000 })], edges('start -> wait')),
      );
      await heardOfEverything(app);
      const stream = await EventStream.open(app, `/workflow-runs/${id}/events`, { Authorization: `Bearer ${token}` });
      await stream.saw('step.waiting');
      if (what.startsWith('the sign-in')) await there.tenants.bearer(token).post('/auth/logout', {});
      else if (what.startsWith('the user')) await there.as('owner').post(`/users/${person.id}/deactivate`);
      else {
        const platform = there.tenants.bearer(await there.tenants.make.platformToken());
        await platform.post(`/platform/tenants/${there.tenants.tenant.id}/suspend`);
      }
      await stream.ended;
      const again = await EventStream.open(app, `/workflow-runs/${id}/events`, { Authorization: `Bearer ${token}` });
      expect([401, 403]).toContain(again.response.status);
    },
  );

  it('end when the access token expires', async () => {
    const brief = await createTestApp({ ACCESS_TOKEN_TTL_MS: 2000 });
    const nodes = [trigger(), action('wait', 'delay', { ms: 3_600_000 })];
    const id = await world.start(await world.workflow(nodes, edges('start -> wait')));
    const make = factories(brief.app);
    const user = await make.createUser(world.tenants.tenant);
    await heardOfEverything(brief);
    const headers = { Authorization: `Bearer ${await make.tokenFor(user)}` };
    const stream = await EventStream.open(brief, `/workflow-runs/${id}/events`, headers);
    expect(stream.response.status).toBe(200);
    await stream.ended;
    // The timer of the stream and the clock by which tokens are judged differ by a millisecond.
    const again = async () => (await EventStream.open(brief, `/workflow-runs/${id}/events`, headers)).response.status;
    expect(await eventually(again, (status) => status !== 200)).toBe(401);
    await brief.close();
  });

  it('of a run that is not there, or is another tenant’s, are not found', async () => {
    const other = await WorkflowWorld.create(app);
    const id = await finished();
    for (const path of [`/workflow-runs/${id}/events`, `/workflow-runs/${randomUUID()}/events`]) {
      expect(problemOf(await other.as('owner').get(path))).toEqual({ status: 404, code: 'workflow_run.not_found' });
    }
  });
});

interface OpenApi {
  paths: Record<string, { get?: { responses: Record<string, { content?: Record<string, unknown> }> } }>;
}

describe('A stream ticket', () => {
  const ticket = async (): Promise<string> => {
    const answer = await world.as('viewer').post('/auth/stream-ticket');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ expiresIn: 60 });
    return (answer.body as { ticket: string }).ticket;
  };

  it('opens one stream, in whichever process', async () => {
    const id = await finished();
    const elsewhere = await createTestApp();
    await heardOfEverything(elsewhere);
    const path = `/workflow-runs/${id}/events?ticket=${await ticket()}`;
    const streams = await Promise.all([EventStream.open(app, path, {}), EventStream.open(elsewhere, path, {})]);
    expect(streams.map(({ response }) => response.status).sort()).toEqual([200, 401]);
    expect((await EventStream.open(app, path, {})).response.status).toBe(401);
    await elsewhere.close();
  });

  it('is good for streams alone, and not beside another credential', async () => {
    const accept = { Accept: 'text/event-stream' };
    for (const headers of [{}, accept]) {
      for (const path of ['/users', '/auth/me', '/workflows', '/audit-log', `/workflow-runs/${randomUUID()}`]) {
        const answer = await world.tenants.nobody().get(`${path}?ticket=${await ticket()}`, headers);
        expect(problemOf(answer)).toEqual({ status: 401, code: 'auth.unauthenticated' });
      }
    }
    const stream = `/workflow-runs/${randomUUID()}/events?ticket=${await ticket()}`;
    expect((await EventStream.open(app, stream, await bearer())).response.status).toBe(401);
  });

  it('opens exactly the routes that answer with event streams', async () => {
    const document = (await app.http.get('/api/openapi.json')).body as OpenApi;
    const opened: string[] = [];
    const streams: string[] = [];
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (!get || !path.startsWith('/api/v1/') || path.includes('/platform/')) continue;
      if (get.responses['200']?.content?.['text/event-stream']) streams.push(path);
      const asked = path.replace('/api/v1', '').replace(/\{\w+\}/g, randomUUID());
      const { status } = await world.tenants.nobody().get(`${asked}?ticket=${await ticket()}`);
      if (status !== 401) opened.push(path);
    }
    expect(streams.length).toBeGreaterThan(0);
    expect(opened).toEqual(streams);
  });

  it('opens streams whatever the request accepts', async () => {
    const id = await finished();
    const answer = await world.tenants.nobody().get(`/workflow-runs/${id}/events?ticket=${await ticket()}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/event-stream');
  });

  it('is refused when it is none', async () => {
    const path = `/workflow-runs/${randomUUID()}/events?ticket=`;
    const made = await ticket();
    for (const wrong of ['', 'abc', `${made.slice(0, -2)}xx`, made.replace('ticket', 'key')]) {
      expect((await EventStream.open(app, path + wrong, {})).response.status).toBe(401);
    }
  });

  it('ends with the sign-in that it came from', async () => {
    const person = await world.tenants.newPerson({ role: 'manager' });
    const { id, open } = await inTheMiddle();
    await heardOfEverything(app);
    const { body } = await person.post('/auth/stream-ticket');
    const stream = await EventStream.open(
      app,
      `/workflow-runs/${id}/events?ticket=${(body as { ticket: string }).ticket}`,
      {},
    );
    await stream.saw('step.started');
    await person.post('/auth/logout', {});
    await stream.ended;
    open();
  });
});
