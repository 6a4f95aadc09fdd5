import { area } from './area.js';

/** What decides the limits. */
export default area('control', {
  mutate: ['shared/control/**/*.ts'],
  tests: ['<rootDir>/tests/unit/control/*.test.ts', '<rootDir>/tests/property/control/law.test.ts'],
});
