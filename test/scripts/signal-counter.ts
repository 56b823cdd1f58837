// Says which requests to stop arrive; run by stop-signals.spec.ts.
import { onStopSignals } from '../../scripts/stop-signals.mjs';

onStopSignals((signal, forced) => {
  console.log(`${signal}${forced ? ' forced' : ''}`);
  if (forced) process.exit(0);
});
process.stdin.on('data', (text) => console.log(`echo ${String(text).trim()}`));
console.log('ready');
