import { area } from './area.js';

/** What a policy or an override may say, and what is answered to one that says something else. */
export default area('policy', {
  mutate: [
    'shared/policy/**/*.ts',
    // Writes the table of docs/policy.md, which a test compares with what is committed; it validates nothing.
    '!shared/policy/describe.ts',
  ],
  // Not the sweep over every field: it takes two seconds, and says only that something is refused.
  tests: ['<rootDir>/tests/unit/policy/!(broken-documents).test.ts'],
});
