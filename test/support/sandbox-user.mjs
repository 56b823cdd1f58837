// Runs in the compiled sandbox, as `node sandbox-user.mjs <folder of dist>`, without anything of the tests around it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(process.argv[2], 'src/modules/scripting/sandbox');
const { SandboxProcess } = await import(pathToFileURL(join(folder, 'sandbox-process.js')).href);

const limits = { timeoutMs: 2000, maxResultLength: 1000 };
const lua = (code) => ({
  kind: 'lua',
  code,
  globals: '{"input":[1]}',
  memoryBytes: 1e7,
  allowedGlobals: ['log'],
  ...limits,
});

const { SCRIPTS } = await import(pathToFileURL(join(folder, 'sandbox-languages.js')).href);
const sandbox = new SandboxProcess(SCRIPTS);
const results = [
  (await sandbox.run(lua('log("hello") return input'))).result,
  (await sandbox.run({ kind: 'jsonata', expression: 'a + 1', input: '{"a":1}', bindings: '{}', ...limits })).result,
];
const loop = sandbox.run(lua('while true do end'));
// Once the request is on its way.
setImmediate(() => process.stdout.write(`${JSON.stringify({ results, pid: sandbox.pid })}\n`));
await loop;
