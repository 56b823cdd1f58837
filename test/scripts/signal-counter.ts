// Says which requests to stop arrive; run by stop-signals.spec.ts.
import { onStopSignals } from '../../scripts/stop-signals.mjs';

onStopSignals((signal, forced) => {
  process.stdout.write(`${`${signal}${forced ? ' forced' : ''}`}\n`);
  if (forced) process.exit(0);
});
process.stdin.on('data', (text) => process.stdout.write(`${`echo ${String(text).trim()}`)}\n`);
process.stdout.write(`${'ready'}\n`);
