// Says which requests to stop arrive; run by stop-signals.spec.ts.
import { onStopSignals } from '../../scripts/processes/stop-signals.mjs';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

onStopSignals((signal, forced) => {
  say(`${signal}${forced ? ' forced' : ''}`);
  if (forced) process.exit(0);
});
process.stdin.on('data', (text) => say(`echo ${String(text).trim()}`));
say('ready');
