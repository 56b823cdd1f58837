import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/common/config/package-root.js';

jest.setTimeout(120_000);

const CRUISER = join(packageRoot(), 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const LAWS = join(packageRoot(), '.dependency-cruiser.mjs');

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** Violations as `rule: from → to`, sorted. */
function cruise(folder: string): Promise<string[]> {
  const args = [CRUISER, 'src', '--config', LAWS, '--output-type', 'json'];
  const options = { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      try {
        const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
        resolve(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort());
      } catch (error) {
        reject(new Error(`dependency-cruiser gave no result: ${stderr}`, { cause: error }));
      }
    });
  });
}

/** A small project that breaks every law, and the violations it must have. */
const PLANTED: [from: string, imports: string, violation: string | null][] = [
  ['src/common/planted.ts', '../modules/users/users.service.js', 'common-knows-no-module'],
  ['src/modules/tenants/tenants.service.ts', '../users/users.types.js', 'tenants-imports-only-leftwards'],
  ['src/modules/users/users.types.ts', '../workflows/workflows.types.js', 'users-imports-only-leftwards'],
  ['src/modules/scripting/scripting.service.ts', '../workflows/workflows.types.js', 'scripting-imports-only-leftwards'],
  ['src/modules/workflows/runs.ts', '../workflow-runs/runs.types.js', 'workflows-imports-only-leftwards'],
  ['src/modules/workflow-runs/hooks.ts', '../workflows/triggers/workflow-trigger.js', null],
  ['src/modules/workflow-runs/registry.ts', '../workflows/triggers/trigger-registry.js', 'public-surface-only'],
  ['src/modules/workflow-runs/hooks/one.ts', '../schedules/other.js', 'no-folder-cycles'],
  ['src/modules/workflow-runs/schedules/another.ts', '../hooks/leaf.js', 'no-folder-cycles'],
  ['src/modules/unheard/unheard.module.ts', '../users/users.module.js', null],
  ['src/app.module.ts', './modules/unheard/unheard.module.js', 'every-module-has-its-place'],
  ['src/modules/workflows/workflows.service.ts', '../dbal/planted.repository.js', 'public-surface-only'],
  ['src/modules/workflows/members.service.ts', '../dbal/planted.service.js', null],
  ['src/modules/workflows/readers.service.ts', '../dbal/planted.read-model.js', null],
  ['src/modules/users/users.controller.ts', './users.repository.js', 'controllers-use-services'],
  ['src/modules/users/users.service.ts', './users.dto.js', 'services-know-no-http'],
  ['src/modules/users/users.manifest.ts', './users.names.js', 'manifests-are-data'],
  ['src/modules/users/users.dto.ts', '../../generated/prisma/client.js', 'prisma-only-in-repositories'],
  ['src/modules/users/users.repository.ts', '../../generated/prisma/client.js', null],
  ['src/common/json/planted.ts', '../streams/planted.js', 'common-json-imports-only-lower-folders'],
  ['src/common/http/unheard.ts', '../unheard/planted.js', 'every-common-folder-has-its-place'],
  ['src/modules/tenants/near/one.ts', '../far/other.js', 'no-folder-cycles'],
  ['src/modules/tenants/far/another.ts', '../near/leaf.js', 'no-folder-cycles'],
  ['src/modules/users/traced.ts', '@opentelemetry/api', 'opentelemetry-behind-its-seam'],
  ['src/common/tracing/told-exporter.ts', '@opentelemetry/api', null],
  ['src/common/tracing/planted.ts', './exported-tracing.js', 'exported-tracing-is-loaded-late'],
  ['src/common/queue/planted.ts', 'graphile-worker', 'libraries-of-some-processes-are-loaded-late'],
  ['src/main.ts', '../test/support/planted.js', 'program-needs-no-tools'],
  ['src/modules/users/first.ts', './second.js', 'no-cycles'],
  ['src/modules/users/second.ts', './first.js', null],
  ['src/modules/users/tested.ts', 'only-for-tests', 'program-needs-no-development-packages'],
  ['src/modules/users/borrowed.ts', 'undeclared', 'packages-are-declared'],
  ['src/modules/users/lost.ts', './nowhere.js', 'imports-resolve'],
];
const LEAVES = [
  'src/common/tracing/exported-tracing.ts',
  'src/generated/prisma/client.ts',
  'src/modules/users/users.module.ts',
  'src/modules/users/users.names.ts',
  'src/modules/workflows/workflows.types.ts',
  'src/modules/workflows/triggers/trigger-registry.ts',
  'src/modules/workflows/triggers/workflow-trigger.ts',
  'src/modules/workflow-runs/runs.types.ts',
  'src/modules/workflow-runs/hooks/leaf.ts',
  'src/modules/workflow-runs/schedules/other.ts',
  'src/common/streams/planted.ts',
  'src/common/unheard/planted.ts',
  'src/modules/dbal/planted.repository.ts',
  'src/modules/dbal/planted.service.ts',
  'src/modules/dbal/planted.read-model.ts',
  'src/modules/tenants/far/other.ts',
  'src/modules/tenants/near/leaf.ts',
  'test/support/planted.ts',
];

describe('the laws of imports', () => {
  it('hold in the program', async () => {
    expect(await cruise(packageRoot())).toEqual([]);
  });

  it('are each enforced, and forbid nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-imports-'));
    try {
      const write = (path: string, text: string): void => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      };
      write(
        'package.json',
        '{ "type": "module", "dependencies": { "@opentelemetry/api": "1.0.0", "graphile-worker": "1.0.0" }, "devDependencies": { "only-for-tests": "1.0.0" } }',
      );
      for (const name of ['@opentelemetry/api', 'graphile-worker', 'only-for-tests', 'undeclared']) {
        write(`node_modules/${name}/package.json`, `{ "name": "${name}", "version": "1.0.0", "exports": "./main.js" }`);
        write(`node_modules/${name}/main.js`, 'export const value = 1;');
      }
      write('tsconfig.json', '{ "compilerOptions": { "module": "nodenext", "moduleResolution": "nodenext" } }');
      for (const [from, imports] of PLANTED) write(from, `import { value } from '${imports}';\nexport { value };\n`);
      for (const leaf of LEAVES) write(leaf, 'export const value = 1;\n');

      const expected = PLANTED.flatMap(([from, imports, rule]) =>
        rule === null ? [] : [violationOf(rule, from, targetOf(from, imports))],
      );
      expect(await cruise(folder)).toEqual(expected.sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A law of folders names folders. */
function violationOf(rule: string, from: string, to: string): string {
  return rule === 'no-folder-cycles' ? `${rule}: ${dirname(from)} → ${dirname(to)}` : `${rule}: ${from} → ${to}`;
}

function targetOf(from: string, imports: string): string {
  if (imports === './nowhere.js') return imports;
  if (!imports.startsWith('.')) return `node_modules/${imports}/main.js`;
  return join(dirname(from), imports).replace(/\.js$/, '.ts');
}
