import { readFileSync } from 'node:fs';

const compiler = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
// The build names what it has written; here the sources themselves are loaded.
compiler.jsc.rewriteRelativeImportExtensions = false;

export default {
  testEnvironment: 'node',
  // Generous: the tests share two cores with a PostgreSQL and each other. No test waits for it.
  testTimeout: 30_000,
  // A worker needs longer to end than half a second, the default, when others use the processors. What leaks never ends.
  workerGracefulExitTimeout: 15_000,
  // Modules of files that have run stay in memory. A large heap makes every later file slower.
  workerIdleMemoryLimit: '1GB',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...compiler, swcrc: false }] },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  setupFiles: ['<rootDir>/test/support/setup.mjs'],
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/scripts/**/*.spec.ts',
    '<rootDir>/test/**/*-spec.ts',
    '<rootDir>/test/**/*.spec.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};
