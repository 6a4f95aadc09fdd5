/** One transformer (swc, CommonJS) for speed: the SDK's many small modules load once per worker this way. */
const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@middy/)'],
  moduleNameMapper: { '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js' },
};
const project = (name) => ({ ...base, displayName: name, testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`] });

export default { projects: ['unit', 'property', 'integration', 'scenarios', 'e2e'].map(project) };
