// Adds one to a number in a file, under a lock, as often as it is told; run by process-lock.spec.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { withLock } from '../../scripts/processes/process-lock.mjs';

const [lock, counter, times] = process.argv.slice(2) as [string, string, string];
if (times === 'hang') {
  await withLock(lock, () => {
    process.stdout.write('held\n');
    return new Promise<void>((resolve) => setTimeout(resolve, 600_000));
  });
}
for (let done = 0; done < Number(times); done += 1) {
  await withLock(lock, async () => {
    const value = Number(readFileSync(counter, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(counter, String(value + 1));
  });
}
