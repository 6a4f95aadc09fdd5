import { area } from './area.js';

/** What a policy or an override may say, and what is answered to one that says something else. */
export default area('policy', {
  mutate: [
    'shared/policy/**/*.ts',
    // Writes the table of docs/policy.md, which a test compares with what is committed; it validates nothing.
    '!shared/policy/describe.ts',
  ],
  tests: ['<rootDir>/tests/unit/policy/*.test.ts'],
});
