import { MODULES as FEATURE_MODULES } from './src/modules/modules.ts';

/** From left to right: each may import what stands left of it. */
const MODULES = FEATURE_MODULES.map(({ name }) => name);

/** Folders of `common`, from the lowest to the highest: each may import those before it. A new folder takes its place here. */
const COMMON = [
  'errors',
  'values',
  'time',
  'config',
  'tracing',
  'caching',
  'concurrency',
  'crypto',
  'tenancy',
  'json',
  'identity',
  'manifest',
  'contracts',
  'request',
  'logging',
  'listen',
  'prisma',
  'observability',
  'dbal',
  'changes',
  'audit',
  'http',
  'auth',
  'queue',
  'events',
  'gateway',
  'operations',
  'retention',
  'mail',
  'health',
  'streams',
];

/** What other modules may import. */
const PUBLIC = '\\.(module|service|types|events|errors|read-model)\\.ts$';
/** Single files beside that: contracts that modules further right fill, and rules without state. */
const CONTRACTS = [
  'tenants/provisioning/provisioning-step',
  'tenants/plan-limits',
  'users/offboarding/owned-resource',
  'users/role-raises',
  'scripting/sandbox/templates',
  'scripting/sandbox/expression-problems',
  'scripting/lua-scripts/script-contract',
  'workflows/workflows.policy',
  'workflows/triggers/workflow-trigger',
  'workflows/handovers/run-holder',
  'workflows/actions/workflow-action',
  'workflows/actions/action-config',
].map((file) => `^src/modules/${file}\\.ts$`);
const TESTS = '\\.(spec|fake)\\.ts$';
const DATABASE_ACCESS = '\\.(repository|read-model)\\.ts$';

const onlyLeftwards = MODULES.slice(0, -1).map((module, index) => ({
  name: `${module}-imports-only-leftwards`,
  comment: 'To the right a module speaks by events, and by registries that right modules fill.',
  severity: 'error',
  from: { path: `^src/modules/${module}/` },
  to: { path: `^src/modules/(${MODULES.slice(index + 1).join('|')})/` },
}));

const onlyDownwards = COMMON.slice(0, -1).map((folder, index) => ({
  name: `common-${folder}-imports-only-lower-folders`,
  severity: 'error',
  from: { path: `^src/common/${folder}/` },
  to: { path: `^src/common/(${COMMON.slice(index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing, or a third is hidden between them.',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-folder-cycles',
      comment: 'Folders have an order, too. A folder and its own subfolders count as one.',
      severity: 'error',
      scope: 'folder',
      from: { pathNot: '^src/generated/' },
      to: { circular: true },
    },
    {
      name: 'every-common-folder-has-its-place',
      severity: 'error',
      from: {},
      to: { path: '^src/common/', pathNot: `^src/common/(${COMMON.join('|')})/` },
    },
    ...onlyDownwards,
    {
      name: 'common-knows-no-module',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/(modules/|app\\.module)' },
    },
    {
      name: 'every-module-has-its-place',
      comment: 'A module that is not in the list above would be bound by no direction.',
      severity: 'error',
      from: {},
      to: { path: '^src/modules/', pathNot: `^src/modules/((${MODULES.join('|')})/|modules\\.ts$)` },
    },
    ...onlyLeftwards,
    {
      name: 'public-surface-only',
      comment: "Controllers, DTOs and repositories are a module's own business.",
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', PUBLIC, ...CONTRACTS] },
    },
    {
      name: 'controllers-use-services',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: `${DATABASE_ACCESS}|/(platform-)?prisma\\.service\\.ts$|^src/generated/` },
    },
    {
      name: 'services-know-no-http',
      comment: 'What travels in a request ends in the controller: jobs call services, too.',
      severity: 'error',
      from: { path: '^src/modules/.*\\.(service|repository|read-model)\\.ts$' },
      to: { path: '\\.(controller|dto)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'manifests-are-data',
      comment: 'They are also read by commands that have neither a build nor an application.',
      severity: 'error',
      from: { path: '\\.manifest\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'prisma-only-in-repositories',
      comment: 'Types may be used elsewhere; the client may not.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/common/prisma/', '^src/generated/', DATABASE_ACCESS, TESTS] },
      to: { path: '^src/generated/prisma/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'opentelemetry-behind-its-seam',
      comment: 'Everything else uses Tracing, so that the SDK is not loaded where nothing is exported.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/common/tracing/(exported-tracing|told-exporter|trace-context)\\.ts$' },
      to: { path: '(^|/)node_modules/@opentelemetry/' },
    },
    {
      name: 'exported-tracing-is-loaded-late',
      comment: 'By import() where an endpoint is configured: it loads the SDK.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/common/tracing/exported-tracing\\.ts$' },
      to: { path: '^src/common/tracing/(exported-tracing|told-exporter|trace-context)\\.ts$', dynamic: false },
    },
    {
      name: 'libraries-of-some-processes-are-loaded-late',
      comment: 'By import() where a process needs them: the others start sooner and take less memory.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/modules/scripting/sandbox/process/'] },
      to: {
        path: '(^|/)node_modules/(graphile-worker|@marcbachmann/cel-js|nodemailer)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'program-needs-no-tools',
      comment: 'What is built for production must not need tests, scripts or development packages.',
      severity: 'error',
      from: { path: '^(src|prisma/seed)/', pathNot: TESTS },
      to: { path: '^(test|scripts|bench|eslint-rules)/' },
    },
    {
      name: 'program-needs-no-development-packages',
      severity: 'error',
      from: { path: '^(src|prisma/seed)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package that is only there because another needs it may go any day.',
      severity: 'error',
      from: { path: '^(src|prisma/seed)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.data)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
