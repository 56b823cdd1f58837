import { RunMemory } from './run-memory.js';
import { MAX_RUN_BYTES } from './step-output.js';

describe('The memory that runs share', () => {
  it('has room for four of the largest', () => {
    const memory = new RunMemory();
    for (const id of ['a', 'b', 'c', 'd']) expect(memory.enter(id, MAX_RUN_BYTES)).toBe(true);
    expect(memory.enter('e', 1)).toBe(false);
    memory.leave('b');
    expect(memory.enter('e', MAX_RUN_BYTES)).toBe(true);
  });

  it('sends those away that came later when others grow, and never the first', () => {
    const memory = new RunMemory();
    for (let n = 0; n < 8; n += 1) expect(memory.enter(`r${n}`, 0)).toBe(true);
    for (let n = 0; n < 8; n += 1) expect(memory.keep(`r${n}`, MAX_RUN_BYTES)).toBe(n < 4);
    expect(memory.keep('r0', MAX_RUN_BYTES)).toBe(true);
    for (let n = 4; n < 8; n += 1) memory.leave(`r${n}`);
    expect(memory.keep('r3', MAX_RUN_BYTES)).toBe(true);
  });
});
