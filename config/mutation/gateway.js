import { area } from './area.js';

/** What is sent to API Gateway, and what its answers are taken for. */
export default area('gateway', {
  mutate: ['shared/gateway/**/*.ts', 'shared/limits/**/*.ts'],
  tests: [
    '<rootDir>/tests/unit/gateway/{api-gateway,key-reader,patch}.test.ts',
    '<rootDir>/tests/unit/limits/*.test.ts',
  ],
});
