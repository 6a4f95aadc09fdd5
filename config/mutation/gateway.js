import { area } from './area.js';

/** What is sent to API Gateway, and what its answers are taken for. */
export default area('gateway', {
  mutate: ['shared/gateway/**/*.ts'],
  tests: ['<rootDir>/tests/unit/gateway/{api-gateway,bounds,key-reader,method-keys,patch}.test.ts'],
});
