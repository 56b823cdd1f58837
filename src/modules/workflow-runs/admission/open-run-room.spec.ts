import { OpenRunRoom } from './open-run-room.js';

const LIMIT = 1000;

describe('The room for open runs', () => {
  it('has every start counted close to the limit', () => {
    const room = new OpenRunRoom();
    expect(room.take('tenant')).toBe(false);
    room.counted('tenant', 15);
    expect(room.take('tenant')).toBe(false);
  });

  it('lets sixteen processes that have counted at once stay within the limit together', () => {
    const processes = Array.from({ length: 16 }, () => new OpenRunRoom());
    let started = 0;
    for (const room of processes) {
      room.counted('tenant', LIMIT - started);
      while (room.take('tenant')) started += 1;
    }
    expect(started).toBeGreaterThan(LIMIT / 2);
    expect(started).toBeLessThanOrEqual(LIMIT);
  });

  it('is of one tenant', () => {
    const room = new OpenRunRoom();
    room.counted('tenant', LIMIT);
    expect(room.take('other')).toBe(false);
    expect(room.take('tenant')).toBe(true);
  });
});
