import { RunMemory } from './run-memory.js';
import { MAX_RUN_BYTES } from './step-output.js';

describe('The memory that runs share', () => {
  it('has room for four of the largest', () => {
    const memory = new RunMemory();
    for (const id of ['a', 'b', 'c', 'd']) expect(memory.reserve(id, MAX_RUN_BYTES)).toBe(true);
    expect(memory.reserve('e', 1)).toBe(false);
    memory.release('b');
    expect(memory.reserve('e', MAX_RUN_BYTES)).toBe(true);
  });

  it('sends those away that came later when others grow, and never the first', () => {
    const memory = new RunMemory();
    for (let n = 0; n < 8; n += 1) expect(memory.reserve(`r${n}`, 0)).toBe(true);
    for (let n = 0; n < 8; n += 1) expect(memory.resize(`r${n}`, MAX_RUN_BYTES)).toBe(n < 4);
    expect(memory.resize('r0', MAX_RUN_BYTES)).toBe(true);
    for (let n = 4; n < 8; n += 1) memory.release(`r${n}`);
    expect(memory.resize('r3', MAX_RUN_BYTES)).toBe(true);
  });
});
