import { availableParallelism } from 'node:os';
import { exitCodeOf, spawnNode } from '../processes/child-process.mjs';
import { useEmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import { readDotEnv } from '../environment.ts';
import { prepare } from '../application/prepare.ts';
import { say } from '../progress.mjs';
import { DATA_FOLDER, ROOT } from '../project.ts';
import { childEnvironment, commandOf } from '../processes/run-program.ts';
import { setForeground, stopRequested } from '../processes/stop-request.ts';

/** The only variables of `.env` that tests use; any other would change what they test. */
const FROM_DOT_ENV = ['TEST_ADMIN_DATABASE_URL', 'TEST_ROLE_PASSWORDS'];

/** `npm test`: runs all tests, on databases of their own; arguments are passed to Jest. */
export async function test(args: string[]): Promise<number> {
  const dotEnv = readDotEnv();
  for (const name of FROM_DOT_ENV) process.env[name] ??= dotEnv[name] ?? '';
  await prepare();
  if (process.env['TEST_ADMIN_DATABASE_URL']) return runJest(args, {});
  const embedded = await useEmbeddedPostgres(DATA_FOLDER, say);
  try {
    return await runJest(args, {
      TEST_ADMIN_DATABASE_URL: embedded.adminUrl,
      TEST_ROLE_PASSWORDS: JSON.stringify(embedded.secrets.rolePasswords),
    });
  } finally {
    await embedded.release();
  }
}

/** @returns Jest's exit code. */
export async function runJest(
  args: string[],
  changes: NodeJS.ProcessEnv,
  workers = availableParallelism(),
): Promise<number> {
  stopRequested.throwIfAborted();
  const [command, jestArgs] = commandOf('jest', [`--maxWorkers=${workers}`, ...args]);
  const child = spawnNode(command, jestArgs, { cwd: ROOT, env: jestEnvironment(changes) });
  setForeground(child);
  try {
    return await exitCodeOf(child);
  } finally {
    setForeground(null);
  }
}

/** Removes the URLs of real databases: a test that does not provide its own must fail instead of writing there. */
function jestEnvironment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(childEnvironment()).filter(
    ([name]) => !/^(DATABASE_|DIRECT_URL|SHADOW_)/.test(name),
  );
  // Jest needs the flag for ES modules; without the second one every worker would warn that it is experimental.
  const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  return { ...Object.fromEntries(inherited), NODE_ENV: 'test', NODE_OPTIONS: nodeOptions, ...changes };
}
