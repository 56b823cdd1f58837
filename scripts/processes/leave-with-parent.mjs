// Preloaded into children (see child-process.mjs). They run in their own process groups, so nothing would tell them that
// the parent was killed; but the pipe that it holds on descriptor 3 closes with it.
import { Socket } from 'node:net';

// Children of the child inherit the preload with its arguments, but descriptor 3 is something else for them.
if (Number(process.env.TENANTRY_PARENT_PID) === process.ppid) {
  const parent = new Socket({ fd: 3 });
  parent.on('error', () => undefined);
  parent.on('close', () => process.kill(process.pid, 'SIGTERM'));
  parent.resume();
  parent.unref();
}
