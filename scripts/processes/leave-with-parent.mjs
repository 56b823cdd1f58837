// Preloaded into child processes (see child-process.mjs). Since they run in process groups of their own, they would not
// notice that the parent was killed; but the pipe that it holds on descriptor 3 closes then.
import { Socket } from 'node:net';

// Children of the child inherit the preload, but descriptor 3 is something else for them.
if (Number(process.env.TENANTRY_PARENT_PID) === process.ppid) {
  const parent = new Socket({ fd: 3 });
  parent.on('error', () => undefined);
  parent.on('close', () => process.kill(process.pid, 'SIGTERM'));
  parent.resume();
  parent.unref();
}
