import { area } from './area.js';

/** What decides the limits: the law and the sharing of what it allows. */
export default area('law', {
  mutate: ['shared/control/**/*.ts', 'shared/allocation/**/*.ts'],
  tests: [
    '<rootDir>/tests/unit/{control,allocation}/*.test.ts',
    '<rootDir>/tests/property/{control,allocation}/*.test.ts',
  ],
});
