import { area } from './area.js';

/** Which plan is written when: one at a time, the most urgent first. */
export default area('plan-writer', {
  mutate: [
    'functions/plan-writer/plan-writer.ts',
    'functions/plan-writer/handle-wake-ups.ts',
    'shared/state/plan-lease.ts',
    'shared/law/allocation/plan-writes.ts',
  ],
  tests: ['<rootDir>/tests/unit/functions/plan-writer*.test.ts', '<rootDir>/tests/unit/state/plan-lease.test.ts'],
});
