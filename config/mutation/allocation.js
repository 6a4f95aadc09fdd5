import { area } from './area.js';

/** How what the law allows is shared out. */
export default area('allocation', {
  mutate: ['shared/law/allocation/**/*.ts'],
  tests: ['<rootDir>/tests/unit/allocation/*.test.ts', '<rootDir>/tests/property/allocation/*.test.ts'],
});
