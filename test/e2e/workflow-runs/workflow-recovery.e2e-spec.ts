import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DrainService } from '../../../src/common/http/drain.service.js';
import { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { RunEngine } from '../../../src/modules/workflow-runs/engine/run-engine.js';
import { WatchTask } from '../../../src/modules/workflow-runs/engine/watch.task.js';
import { type QueuedTask, queuedFor } from '../../support/queued-tasks.js';
import { forever, gate, StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';
import { action, edges, stepOf, trigger, WorkflowWorld } from '../../support/workflow-world.js';

// Nobody runs jobs here but who is told to.
let one: TestApp;
let other: TestApp;
let world: WorkflowWorld;
let admin: pg.Client;
const atLast = new AbortController();
beforeAll(async () => {
  one = await createTestApp({}, [StepProbeModule]);
  other = await createTestApp({}, [StepProbeModule]);
  world = await WorkflowWorld.create(one);
  admin = new pg.Client((await testDatabase()).adminUrl);
  await admin.connect();
});
afterAll(async () => {
  // Ends the workers that the tests left behind in the middle of a step.
  atLast.abort();
  await admin.end();
  await one.close();
  await other.close();
});

const step = (key: string): object => action(key, 'test.probe', { key });
const probeOf = ({ app }: TestApp): StepProbe => app.get(StepProbe);

/** Executes the run in one of the processes, as a job of the worker with that id would. */
function execute({ app }: TestApp, runId: string, workerId: string, signal = atLast.signal): Promise<void> {
  const job = { workerId, signal, attempt: 1, maxAttempts: 10 };
  const scope = { tenantId: world.tenants.tenant.id, source: 'job' } as const;
  return app.get(TenantContext).run(scope, () => app.get(RunEngine).execute(runId, job));
}

/** A worker that lives: its session holds its lock. */
async function livingWorker(): Promise<string> {
  const id = `worker-${randomUUID()}`;
  await admin.query(`SELECT pg_advisory_lock(hashtextextended('tenantry:worker:' || $1, 0))`, [id]);
  return id;
}

const startRun = async (nodes: object[], links: object[]): Promise<string> =>
  world.start(await world.workflow(nodes, links));

async function jobsOf(runId: string): Promise<QueuedTask[]> {
  const jobs = await queuedFor(world.tenants.tenant, 'workflow.run');
  return jobs.filter(({ payload }) => JSON.stringify(payload).includes(runId));
}

describe('Two workers of the workflow engine', () => {
  it('never have the same run at the same time', async () => {
    const held = gate();
    const key = randomUUID();
    for (const app of [one, other]) probeOf(app).behave(key, () => held.opened);
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    const first = execute(one, id, await livingWorker());
    await probeOf(one).begun(key);
    await execute(other, id, await livingWorker());
    held.open();
    await first;
    expect(probeOf(other).callsOf(key)).toEqual([]);
    expect(await world.get(id)).toMatchObject({ status: 'succeeded' });
    expect(stepOf(await world.get(id), key).attempts).toBe(1);
  });

  it('share a run out among them when they come for it in the same moment', async () => {
    const key = randomUUID();
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    const workers = [await livingWorker(), await livingWorker()];
    await Promise.all([execute(one, id, workers[0]!), execute(other, id, workers[1]!)]);
    expect([...probeOf(one).callsOf(key), ...probeOf(other).callsOf(key)]).toHaveLength(1);
    expect((await world.get(id)).status).toBe('succeeded');
  });

  it('save nothing for a run that the other one has taken over', async () => {
    const [late, inTime] = [gate(), gate()];
    const [first, key] = [randomUUID(), randomUUID()];
    probeOf(one).behave(key, () => late.opened.then(() => 'too late'));
    probeOf(other).behave(key, () => inTime.opened.then(() => 'in time'));
    const id = await startRun([trigger(), step(first), step(key)], edges(`start -> ${first}`, `${first} -> ${key}`));
    // Holds no lock: for everybody else it is dead.
    const zombie = execute(one, id, 'zombie');
    await probeOf(one).begun(key);
    const successor = execute(other, id, await livingWorker());
    await probeOf(other).begun(key);
    late.open();
    await zombie;
    expect(stepOf(await world.get(id), key)).toMatchObject({ status: 'running', attempts: 2 });
    inTime.open();
    await successor;
    const run = await world.get(id);
    expect(run).toMatchObject({ status: 'succeeded', outputs: { [key]: 'in time' } });
    expect(stepOf(run, key).attempts).toBe(2);
    expect(probeOf(other).callsOf(first)).toEqual([]);
    expect(
      new Set([probeOf(one), probeOf(other)].flatMap((probe) => probe.callsOf(key).map((call) => call.idempotencyKey))),
    ).toEqual(new Set([`${id}:${key}`]));
  });
});

describe('A worker of the workflow engine', () => {
  it('that has to end finishes the step it has, and lets another one go on at once', async () => {
    const [held, key, next] = [gate(), randomUUID(), randomUUID()];
    const leaving = await createTestApp({}, [StepProbeModule]);
    probeOf(leaving).behave(key, () => held.opened.then(() => 'done here'));
    const id = await startRun([trigger(), step(key), step(next)], edges(`start -> ${key}`, `${key} -> ${next}`));
    const ended = execute(leaving, id, await livingWorker());
    await probeOf(leaving).begun(key);
    const drained = leaving.app.get(DrainService).run();
    held.open();
    await Promise.all([ended, drained]);
    expect(await world.get(id)).toMatchObject({ status: 'running' });
    expect((await jobsOf(id)).filter(({ inFuture }) => !inFuture)).toHaveLength(1);
    await execute(other, id, await livingWorker());
    expect(await world.get(id)).toMatchObject({ status: 'succeeded', outputs: { [next]: 'done here' } });
    expect([probeOf(other).callsOf(key).length, probeOf(leaving).callsOf(next).length]).toEqual([0, 0]);
    await leaving.close();
  });

  it('that cannot wait for a step leaves it to another one', async () => {
    const key = randomUUID();
    const leaving = await createTestApp({}, [StepProbeModule]);
    probeOf(leaving).behave(key, forever);
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    const giveUp = new AbortController();
    const ended = execute(leaving, id, await livingWorker(), giveUp.signal);
    const call = await probeOf(leaving).begun(key);
    await leaving.app.get(DrainService).run();
    giveUp.abort();
    await ended;
    expect(call.signal.aborted).toBe(true);
    await execute(other, id, await livingWorker());
    expect(stepOf(await world.get(id), key)).toMatchObject({ status: 'succeeded', attempts: 2 });
    await leaving.close();
  });

  it('that dies of the same step again and again is not followed for ever', async () => {
    const key = randomUUID();
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    probeOf(one).behave(key, forever);
    void execute(one, id, 'dead').catch(() => undefined);
    await probeOf(one).begun(key);
    await cutOffBefore(id, 4);
    await execute(other, id, await livingWorker());
    expect(await world.get(id)).toMatchObject({ status: 'failed', error: { code: 'step.interrupted', nodeId: key } });
    expect(probeOf(other).callsOf(key)).toEqual([]);
  });

  it('that dies again and again of a run between its steps is not followed for ever, either', async () => {
    const key = randomUUID();
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    probeOf(one).behave(key, forever);
    void execute(one, id, 'dead').catch(() => undefined);
    await probeOf(one).begun(key);
    await cutOffBefore(id, 4);
    await admin.query(`UPDATE workflow_run_steps SET status = 'pending' WHERE run_id = $1 AND node_id = $2`, [id, key]);
    await execute(other, id, await livingWorker());
    expect(await world.get(id)).toMatchObject({ status: 'failed', error: { code: 'run.interrupted' } });
  });
});

/** As if as many workers had died of the run and of the steps that are running. */
async function cutOffBefore(runId: string, times: number): Promise<void> {
  await admin.query('UPDATE workflow_runs SET cut_offs = $2 WHERE id = $1', [runId, times]);
  await admin.query(`UPDATE workflow_run_steps SET cut_offs = $2 WHERE run_id = $1 AND status = 'running'`, [
    runId,
    times,
  ]);
}

const cutOffsOf = async (runId: string): Promise<number> =>
  (await admin.query<{ cut_offs: number }>('SELECT cut_offs FROM workflow_runs WHERE id = $1', [runId])).rows[0]!
    .cut_offs;

describe('A run that took its worker with it', () => {
  it('does one step at a time until those are over that were running', async () => {
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    const links = edges(`start -> ${a}`, `start -> ${b}`, `${a} -> ${c}`);
    const id = await startRun([trigger(), step(a), step(b), step(c)], links);
    for (const key of [a, b]) probeOf(one).behave(key, forever);
    void execute(one, id, 'dead').catch(() => undefined);
    await Promise.all([probeOf(one).begun(a), probeOf(one).begun(b)]);
    let atOnce = 0;
    let most = 0;
    const held = gate();
    for (const key of [a, b, c]) {
      probeOf(other).behave(key, async () => {
        most = Math.max(most, (atOnce += 1));
        if (key === a) await held.opened;
        atOnce -= 1;
      });
    }
    const ended = execute(other, id, await livingWorker());
    await probeOf(other).begun(a);
    expect(await cutOffsOf(id)).toBe(1);
    held.open();
    await ended;
    expect(most).toBe(1);
    expect(await cutOffsOf(id)).toBe(0);
    expect(await world.get(id)).toMatchObject({ status: 'succeeded' });
  });

  it('goes last, and alone', async () => {
    const [busy, suspect, late] = [randomUUID(), randomUUID(), randomUUID()];
    const cut = await startRun([trigger(), step(suspect)], edges(`start -> ${suspect}`));
    probeOf(one).behave(suspect, forever);
    void execute(one, cut, 'dead').catch(() => undefined);
    await probeOf(one).begun(suspect);
    const [heldBusy, heldSuspect] = [gate(), gate()];
    probeOf(other).behave(busy, () => heldBusy.opened);
    probeOf(other).behave(suspect, () => heldSuspect.opened);
    const first = execute(
      other,
      await startRun([trigger(), step(busy)], edges(`start -> ${busy}`)),
      await livingWorker(),
    );
    await probeOf(other).begun(busy);
    const second = execute(other, cut, await livingWorker());
    // The one that has begun goes first.
    expect(probeOf(other).callsOf(suspect)).toEqual([]);
    heldBusy.open();
    await first;
    await probeOf(other).begun(suspect);
    const third = execute(
      other,
      await startRun([trigger(), step(late)], edges(`start -> ${late}`)),
      await livingWorker(),
    );
    expect(probeOf(other).callsOf(late)).toEqual([]);
    heldSuspect.open();
    await Promise.all([second, third]);
    expect(await world.get(cut)).toMatchObject({ status: 'succeeded' });
  });

  it('pauses for longer each time, and harms no other one that was there', async () => {
    const [guilty, innocent] = [randomUUID(), randomUUID()];
    const runs = await Promise.all(
      [guilty, innocent].map((key) => startRun([trigger(), step(key)], edges(`start -> ${key}`))),
    );
    for (const key of [guilty, innocent]) probeOf(one).behave(key, forever);
    for (const id of runs) void execute(one, id, 'dead').catch(() => undefined);
    await Promise.all([probeOf(one).begun(guilty), probeOf(one).begun(innocent)]);
    await execute(other, runs[1]!, await livingWorker());
    expect(await world.get(runs[1]!)).toMatchObject({ status: 'succeeded' });
    // The other one has taken a worker with it before.
    await cutOffBefore(runs[0]!, 1);
    const pauses: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      await execute(other, runs[0]!, await livingWorker());
      expect(probeOf(other).callsOf(guilty)).toEqual([]);
      const { rows } = await admin.query<{ seconds: number }>(
        `SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM jobs._private_jobs
          WHERE payload -> 'data' ->> 'runId' = $1 OR payload::text LIKE '%' || $1 || '%' ORDER BY run_at DESC LIMIT 1`,
        [runs[0]],
      );
      pauses.push(rows[0]!.seconds);
      // The next one dies of it, too.
      await admin.query(`UPDATE workflow_runs SET lease_owner = 'dead' WHERE id = $1`, [runs[0]]);
    }
    expect(pauses[1]!).toBeGreaterThan(pauses[0]! * 1.5);
    expect(pauses[2]!).toBeGreaterThan(pauses[1]! * 1.5);
    await execute(other, runs[0]!, await livingWorker());
    const failed = await world.get(runs[0]!);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'step.interrupted', nodeId: guilty } });
  });
});

describe('The watch over runs', () => {
  it('gives a run whose job is lost a new one', async () => {
    const id = await startRun([trigger(), step('x')], edges('start -> x'));
    await admin.query(`DELETE FROM jobs._private_jobs WHERE payload ->> 'tenantId' = $1`, [world.tenants.tenant.id]);
    await admin.query(`UPDATE workflow_runs SET admitted_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    await world.tenants.make.inTenant(world.tenants.tenant, () => one.app.get(WatchTask).handle());
    expect(await jobsOf(id)).toHaveLength(1);
    expect(await queuedFor(world.tenants.tenant, 'workflow.watch')).toHaveLength(1);
  });

  it('gives the run of a worker that fell silent to another one', async () => {
    const key = randomUUID();
    probeOf(one).behave(key, forever);
    const id = await startRun([trigger(), step(key)], edges(`start -> ${key}`));
    void execute(one, id, await livingWorker()).catch(() => undefined);
    await probeOf(one).begun(key);
    await admin.query(`DELETE FROM jobs._private_jobs WHERE payload ->> 'tenantId' = $1`, [world.tenants.tenant.id]);
    await admin.query(`UPDATE workflow_runs SET lease_until = now() - interval '1 minute' WHERE id = $1`, [id]);
    await world.tenants.make.inTenant(world.tenants.tenant, () => one.app.get(WatchTask).handle());
    expect(await jobsOf(id)).toHaveLength(1);
    await execute(other, id, await livingWorker());
    expect((await world.get(id)).status).toBe('succeeded');
  });
});
