import './config/node-version.cjs';

/** One transformer (swc, CommonJS) for speed: the SDK's many small modules load once per worker this way. */
const swc = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } };

export const project = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/support/sealed/seal-tests.ts',
  testMatch: [`<rootDir>/{tests,embedded-aws/tests}/${name}/**/*.test.ts`],
  transform: { '^.+\\.[tj]s$': ['@swc/jest', swc] },
  // A mutation run that was broken off leaves a copy of the project there.
  modulePathIgnorePatterns: ['<rootDir>/.mutation/'],
  transformIgnorePatterns: ['/node_modules/(?!@middy/)'],
  // Its package offers ES modules only, which a CommonJS resolver does not find.
  sandboxInjectedGlobals: ['Math'],
  moduleNameMapper: { '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  ...extra,
});

const packaged = { globalSetup: '<rootDir>/tests/support/package-once.ts' };

export default {
  // A report, not a threshold: the mutation tests judge what the tests notice. Deployed bundles and other processes are not seen.
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'html', 'lcovonly'],
  collectCoverageFrom: ['{functions,shared,cli}/**/*.ts'],
  // What deploys takes seconds, on a busy machine many: only what hangs takes a minute.
  testTimeout: 60_000,
  projects: [
    project('unit'),
    project('property'),
    project('integration', packaged),
    project('scenarios'),
    project('e2e', packaged),
  ],
};
