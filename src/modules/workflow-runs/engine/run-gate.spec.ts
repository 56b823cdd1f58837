import { RunGate } from './run-gate.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The gate of runs', () => {
  it('lets others in beside each other', async () => {
    const gate = new RunGate();
    const places = await Promise.all([gate.enter(), gate.enter()]);
    for (const place of places) place.leave();
  });

  it('lets a suspect in last, and others only when it has left', async () => {
    const gate = new RunGate();
    const order: string[] = [];
    const first = await gate.enter();
    const alone = gate.enterAlone(60_000).then((place) => (order.push('alone'), place));
    const second = await gate.enter();
    second.leave();
    first.leave();
    const suspect = await alone;
    const third = gate.enter().then((place) => (order.push('third'), place));
    await turn();
    expect(order).toEqual(['alone']);
    suspect.leave();
    (await third).leave();
    expect(order).toEqual(['alone', 'third']);
  });

  it('lets others in as soon as nothing is to be feared any more, or the time is over', async () => {
    const gate = new RunGate();
    const suspect = await gate.enterAlone(60_000);
    const waiting = gate.enter();
    suspect.share();
    (await waiting).leave();
    suspect.leave();
    const slow = await gate.enterAlone(20);
    (await gate.enter()).leave();
    slow.leave();
  });

  it('lets suspects in one after the other', async () => {
    const gate = new RunGate();
    let inside = 0;
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        const place = await gate.enterAlone(60_000);
        inside += 1;
        expect(inside).toBe(1);
        await turn();
        inside -= 1;
        place.leave();
      }),
    );
  });
});
