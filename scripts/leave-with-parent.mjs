// Preloaded into children (see child-process.mjs). They run in their own process groups, so nothing would tell them that
// the parent was killed; but the pipe that it holds on descriptor 3 closes with it.
import { Socket } from 'node:net';

const parent = new Socket({ fd: 3 });
parent.on('error', () => undefined);
parent.on('close', () => process.kill(process.pid, 'SIGTERM'));
parent.resume();
parent.unref();
