// A process that uses the embedded server of a data folder until it is told to leave; run by embedded-postgres.spec.ts.
import { createInterface } from 'node:readline';
import { useEmbeddedPostgres } from '../../scripts/embedded/embedded-postgres.ts';

const server = await useEmbeddedPostgres(process.argv[2]!);
process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'leave') break;
}
await server.release();
process.stdout.write('left\n');
process.exit(0);
